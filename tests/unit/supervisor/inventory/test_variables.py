"""A process of the local stack gets the variables that it reads, and no credential of another one."""

import os
from pathlib import Path

import pytest

from supervisor.inventory.ground import ground
from supervisor.inventory.handed_on import handed_on
from supervisor.inventory.surroundings import Surroundings
from supervisor.processes.process import Process
from supervisor.settings import Settings


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Surroundings:
    routes = tmp_path / "routes.toml"
    routes.write_text('[providers.a]\nkey = { env = "A_KEY" }\n[providers.b]\nkey = { env = "B_KEY", secret = "b" }\n')
    for name in [one for one in os.environ if one.startswith("LOCKSTEP_PORT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LOCKSTEP_LOCAL_DIR", str(tmp_path / "local"))
    monkeypatch.setenv("LOCKSTEP_EXTRA_ROUTES_FILES", str(routes))
    monkeypatch.setenv("LOCKSTEP_ORCHESTRATORS", "2")
    monkeypatch.setenv("A_KEY", "sk-a")
    monkeypatch.setenv("B_KEY", "sk-b")
    monkeypatch.setenv("UNRELATED", "x")
    settings = Settings()
    settings.paths.create()
    return Surroundings(settings)


@pytest.fixture
def processes(here: Surroundings) -> dict[str, Process]:
    return {one.name: one for one in [*ground(here), *handed_on(here).services]}


def test_every_process_needs_only_processes_that_there_are(processes: dict[str, Process]) -> None:
    assert {name for one in processes.values() for name in one.after} <= set(processes)
    assert {"orchestrator", "orchestrator-2"} <= set(processes)


def test_each_listens_on_a_port_of_its_own(processes: dict[str, Process]) -> None:
    ports = [one.port for one in processes.values()]
    assert len(set(ports)) == len(ports)


@pytest.mark.parametrize("name", ["tool-runtime", "simulated-provider"])
def test_what_runs_strangers_work_has_no_password_and_no_cloud(processes: dict[str, Process], name: str) -> None:
    variables = processes[name].environment
    assert not [one for one in variables if one.startswith(("AWS_", "LOCKSTEP_DATABASE", "LOCKSTEP_REDIS"))]


@pytest.mark.parametrize(
    ("name", "logins"),
    [
        ("control-plane", {"control_plane", "relay"}),
        ("llm-gateway", {"llm_gateway", "recorder", "reconciler"}),
        ("orchestrator", {"orchestrator", "relay", "sweeper"}),
    ],
)
def test_a_service_has_its_own_logins_only(
    processes: dict[str, Process], here: Surroundings, name: str, logins: set[str]
) -> None:
    text = str(processes[name].environment)
    assert {login for login, password in here.passwords.items() if password in text} == {*logins, "redis"}


def test_a_providers_key_without_a_secret_is_the_gateways_alone(processes: dict[str, Process]) -> None:
    assert processes["llm-gateway"].environment["A_KEY"] == "sk-a"
    assert "B_KEY" not in processes["llm-gateway"].environment
    assert not [one.name for one in processes.values() if one.name != "llm-gateway" and "A_KEY" in one.environment]


def test_nothing_of_the_shell_reaches_a_process_but_where_programs_are(processes: dict[str, Process]) -> None:
    assert not [one.name for one in processes.values() if "UNRELATED" in one.environment]
    assert all("PATH" in one.environment for one in processes.values())
