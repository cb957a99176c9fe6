"""Settings of the local stack are refused where a service could not have its ports, and stay apart by project."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from supervisor.control import Request
from supervisor.settings import Paths, Settings
from tool_runtime.launcher.settings import LauncherSettings


def test_metrics_beyond_the_last_port_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCKSTEP_PORT_GATEWAY", "60000")
    with pytest.raises(ValidationError, match="beyond 65535"):
        Settings()


def test_settings_are_read_back_from_their_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCKSTEP_ORCHESTRATORS", "3")
    first = Settings()
    for name, value in first.as_variables().items():
        monkeypatch.setenv(name, value)
    assert Settings() == first


def test_no_private_place_is_open_to_tools_unless_an_operator_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOCKSTEP_LAUNCHER_EGRESS_PRIVATE", raising=False)
    assert Settings().launcher_egress_private == "[]"
    assert LauncherSettings.model_fields["egress_private"].default == ()


def test_folders_of_the_stack_are_its_owners_alone(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "local")
    paths.create()
    assert {folder.stat().st_mode & 0o777 for folder in (paths.top, paths.state, paths.logs, paths.run)} == {0o700}


def test_a_request_to_the_daemon_is_one_line_that_reads_back() -> None:
    request = Request("restart", names=["llm-gateway"], settings={"LOCKSTEP_REGION": "a\nb"})
    assert request.line().count(b"\n") == 1
    assert Request.parse(request.line()) == request


def test_what_is_handed_on_tells_stacks_apart_and_no_key_is_told() -> None:
    identity = Settings().identity({"LOCKSTEP_LAUNCHER_SEARCH_KEY": "a-key-of-brave"})
    assert "LOCKSTEP_LAUNCHER_SEARCH_KEY" in identity
    assert "a-key-of-brave" not in str(identity)
