"""What the shell sets reaches the services whose settings read it, and what reaches nobody is told."""

import os
from pathlib import Path

import pytest

from fixtures.api.settings_classes import settings_classes, variables_of
from supervisor import env_file
from supervisor.inventory.handed_on import HandedOn, of_settings
from supervisor.inventory.readable import variables_below
from supervisor.settings import ROOT, Settings


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in os.environ if one.startswith("LOCKSTEP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LOCKSTEP_LOCAL_DIR", str(tmp_path / "local"))


def given() -> HandedOn:
    return of_settings(Settings())


def who_has(handed: HandedOn, name: str) -> dict[str, str]:
    return {one.name: one.environment[name] for one in handed.services if name in one.environment}


def test_the_source_says_which_variables_the_classes_of_settings_read() -> None:
    """As pydantic has them, once they are imported."""
    imported = {
        name.upper()
        for kind in settings_classes("services")
        if kind.__module__.partition(".")[0] != "supervisor"
        for member in kind.model_fields
        for name in variables_of(kind, member)
    }
    written = {name.upper() for name in variables_below(ROOT / "services")}
    assert len(written) > 150
    assert written == imported


@pytest.mark.parametrize(
    ("name", "readers"),
    [
        ("LOCKSTEP_BODY_LIMIT", {"control-plane"}),
        ("LOCKSTEP_GATEWAY_WAIT_SECONDS", {"llm-gateway"}),
        ("LOCKSTEP_LAUNCHER_SEARCH_KEY", {"tool-runtime"}),
        ("LOCKSTEP_LEASE_SECONDS", {"orchestrator"}),
        ("LOCKSTEP_SIMULATED_HOST", {"simulated-provider"}),
    ],
)
def test_a_service_gets_what_its_settings_read_and_no_other_does(
    monkeypatch: pytest.MonkeyPatch, name: str, readers: set[str]
) -> None:
    monkeypatch.setenv(name, "7")
    handed = given()
    assert who_has(handed, name) == dict.fromkeys(readers, "7")
    assert (handed.variables, handed.warnings) == ({name: "7"}, [])


def test_what_the_stack_says_itself_is_handed_on_to_nobody_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    before = who_has(given(), "LOCKSTEP_DATABASE_URL")
    monkeypatch.setenv("LOCKSTEP_DATABASE_URL", "postgresql://elsewhere")
    handed = given()
    assert who_has(handed, "LOCKSTEP_DATABASE_URL") == before
    assert "tool-runtime" not in before
    [warning] = handed.warnings
    assert warning.startswith("LOCKSTEP_DATABASE_URL is set by the local stack itself")


def test_what_nothing_reads_is_told_with_what_may_have_been_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCKSTEP_BODY_LIMITS", "7")
    handed = given()
    assert handed.variables == {}
    [warning] = handed.warnings
    assert "LOCKSTEP_BODY_LIMITS is set, and nothing" in warning
    assert "is LOCKSTEP_BODY_LIMIT meant?" in warning


def test_the_variables_for_shells_change_nothing_and_are_not_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    first = given()
    env_file.write(Settings().paths.env, {"LOCKSTEP_TOKEN": "a"})
    for name in ("LOCKSTEP_TOKEN", "LOCKSTEP_ISSUER", "LOCKSTEP_ARTIFACTS_BUCKET", "LOCKSTEP_LAUNCHER_METRICS_URL"):
        monkeypatch.setenv(name, "of another stack")
    handed = given()
    assert (handed.variables, handed.warnings) == ({}, [])
    assert [one.environment for one in handed.services] == [one.environment for one in first.services]
