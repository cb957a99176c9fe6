"""Users' tokens are issued by this process on one machine and in tests, and nowhere else."""

from typing import Any

import pytest
from pydantic import ValidationError

from control_plane.settings import IdentitySettings


def settings(**given: Any) -> IdentitySettings:
    return IdentitySettings.model_validate(given)


@pytest.mark.parametrize("environment", ["local", "test"])
def test_a_local_process_may_issue_them_itself(environment: str) -> None:
    made = settings(environment=environment)
    assert isinstance(made, IdentitySettings)
    assert (made.environment, made.jwks_url) == (environment, None)


def test_elsewhere_the_issuers_keys_must_be_known() -> None:
    with pytest.raises(ValidationError, match="LOCKSTEP_JWKS_URL"):
        settings(environment="production")
    assert settings(environment="production", jwks_url="https://issuer/keys").jwks_url == "https://issuer/keys"
