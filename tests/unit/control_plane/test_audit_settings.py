"""Where the anchors of the audit lie: apart from all else, but on one machine."""

from typing import Any

import pytest
from pydantic import ValidationError

from control_plane.settings import AuditSettings

WHOLE: dict[str, Any] = {
    "database_url": "postgresql://c@d/l",
    "artifacts_bucket": "artifacts",
    "audit_bucket": None,  # said, so that no variable of whoever runs the test is read
    "jwks_url": "https://i/keys",
}


def settings(**given: Any) -> AuditSettings:
    return AuditSettings.model_validate({**WHOLE, **given})


@pytest.mark.parametrize("environment", ["local", "test"])
def test_on_one_machine_they_lie_with_the_artifacts(environment: str) -> None:
    assert settings(environment=environment).anchors_bucket() == "artifacts"
    assert settings(environment=environment, audit_bucket="apart").anchors_bucket() == "apart"


def test_elsewhere_they_have_a_bucket_of_their_own() -> None:
    assert settings(environment="production", audit_bucket="apart").anchors_bucket() == "apart"
    with pytest.raises(ValidationError, match="LOCKSTEP_AUDIT_BUCKET must be set outside local"):
        settings(environment="production")
