"""What the launcher is told by its environment, and what it refuses to start with."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tool_runtime.launcher.settings import LauncherSettings

KEYS: dict[str, Any] = {"keys": []}


def settings(**given: Any) -> LauncherSettings:
    known: dict[str, Any] = {"service_public_keys": json.dumps(KEYS), "secret_keys": json.dumps(KEYS), **given}
    return LauncherSettings(**{name: value for name, value in known.items() if value is not None})


def test_the_keys_have_one_source(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [{"kid": "a"}]}))
    assert settings().public_keys() == KEYS
    of_file = settings(service_public_keys=None, service_public_keys_file=file)
    assert of_file.public_keys() == {"keys": [{"kid": "a"}]}
    for keys, path in ((None, None), (json.dumps(KEYS), file)):
        with pytest.raises(ValidationError, match="one of them"):
            settings(service_public_keys=keys, service_public_keys_file=path)
        with pytest.raises(ValidationError, match="one of them"):
            settings(secret_keys=keys, secret_keys_file=path)
    assert settings().secret_jwks() == KEYS
    assert settings(secret_keys=None, secret_keys_file=file).secret_jwks() == {"keys": [{"kid": "a"}]}


def test_runners_find_the_launcher_where_it_listens_unless_they_are_told_otherwise() -> None:
    assert settings(host="10.0.0.1", port=8000).runners_find_us_at() == "http://10.0.0.1:8000"
    assert settings(runners_url="http://launcher").runners_find_us_at() == "http://launcher"


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("port", 1, 65535), ("max_running", 1, 24), ("max_queued", 1, 10_000), ("spare_runners", 0, 16)],
)
def test_a_number_has_its_bounds(name: str, least: int, most: int) -> None:
    for taken in (least, most):
        assert getattr(settings(**{name: taken}), name) == taken
    for refused in (least - 1, most + 1):
        with pytest.raises(ValidationError):
            settings(**{name: refused})
