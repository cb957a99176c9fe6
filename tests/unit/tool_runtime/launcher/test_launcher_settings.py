"""What the launcher is told by its environment, and what it refuses to start with."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tool_runtime.launcher.runners.fargate.settings import FargateSettings
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
    [("port", 1, 65535), ("max_running", 1, 24), ("max_queued", 1, 10_000), ("spare_runners", 0, 64)],
)
def test_a_number_has_its_bounds(name: str, least: int, most: int) -> None:
    for taken in (least, most):
        assert getattr(settings(**{name: taken}), name) == taken
    for refused in (least - 1, most + 1):
        with pytest.raises(ValidationError):
            settings(**{name: refused})


TASKS = {"backend": "fargate", "runners_url": "http://launcher", "egress": "own"}


def test_tasks_may_run_more_jobs_at_once_than_one_machine() -> None:
    assert settings(**TASKS, max_running=1000).max_running == 1000
    with pytest.raises(ValidationError, match="at most 24 jobs compute at once on one machine"):
        settings(max_running=25)


@pytest.mark.parametrize("lacking", [{"runners_url": None}, {"spare_runners": 0}], ids=str)
def test_tasks_are_told_where_to_ask_and_some_wait(lacking: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="LOCKSTEP_LAUNCHER_RUNNERS_URL, and some that wait"):
        settings(**{**TASKS, **lacking})


def test_the_jobs_of_tasks_leave_as_somebody_has_said(tmp_path: Path) -> None:
    """A task shares its network with its job: there is no usual way out."""
    with pytest.raises(ValidationError, match="set LOCKSTEP_LAUNCHER_EGRESS=service"):
        settings(**{**TASKS, "egress": None})
    assert (settings().way_out(), settings(**TASKS).way_out(), settings(**TASKS).egress_keys()) == ("own", "own", None)
    keys = json.dumps({"keys": [{"kid": "egress"}]})
    of_services = settings(**{**TASKS, "egress": "service", "egress_public_keys": keys})
    assert (of_services.way_out(), of_services.egress_keys()) == ("service", {"keys": [{"kid": "egress"}]})
    file = tmp_path / "keys.json"
    file.write_text(keys)
    assert settings(egress="service", egress_public_keys_file=file).egress_keys() == {"keys": [{"kid": "egress"}]}


@pytest.mark.parametrize("other", [{"egress": "service"}, {"egress": "own", "egress_public_keys": "{}"}], ids=str)
def test_keys_of_egress_services_go_with_egress_services(other: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="LOCKSTEP_LAUNCHER_EGRESS_PUBLIC_KEYS_FILE, one of them"):
        settings(**other)


def of_tasks(**given: object) -> FargateSettings:
    network = {"subnets": ("subnet-1",), "security_groups": ("sg-1",)}
    return FargateSettings.model_validate({"cluster": "tools", "task_definition": "runner:7", **network, **given})


def test_a_task_is_started_from_a_revision_and_not_from_a_family() -> None:
    place = of_tasks().place()
    assert (place.definition, place.container, place.spot) == ("runner:7", "runner", False)
    with pytest.raises(ValidationError, match="task_definition"):
        of_tasks(task_definition="runner")


@pytest.mark.parametrize("lacking", ["subnets", "security_groups"])
def test_a_task_has_a_network_that_somebody_chose(lacking: str) -> None:
    with pytest.raises(ValidationError, match=lacking):
        of_tasks(**{lacking: ()})
