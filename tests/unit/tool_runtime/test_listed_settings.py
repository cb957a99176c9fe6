"""A list in the environment that is none is told with the form that it has."""

import pytest
from pydantic import ValidationError

from tool_runtime.egress_service.settings import EgressSettings
from tool_runtime.launcher.settings import LauncherSettings
from tool_runtime.runner.settings import RunnerSettings

LISTS = [
    (LauncherSettings, "LOCKSTEP_LAUNCHER_EGRESS_PRIVATE"),
    (RunnerSettings, "LOCKSTEP_RUNNER_EGRESS_PRIVATE"),
    (EgressSettings, "LOCKSTEP_EGRESS_PRIVATE"),
    (EgressSettings, "LOCKSTEP_EGRESS_PLATFORM_NETWORKS"),
]


def told_of(settings: type, variable: str) -> list[str]:
    """What is said of the setting with this variable."""
    try:
        settings()
    except ValidationError as refused:
        places = [(str(error["loc"][-1]).lower(), error["msg"]) for error in refused.errors() if error["loc"]]
        return [words for name, words in places if variable.lower().endswith(name)]
    return []


@pytest.mark.parametrize(("settings", "variable"), LISTS)
@pytest.mark.parametrize("text", ["db.internal:5432", "", "{}", "[1]", '["a:1"', "null"])
def test_what_is_no_list_of_texts_is_told_with_an_example(
    monkeypatch: pytest.MonkeyPatch, settings: type, variable: str, text: str
) -> None:
    monkeypatch.setenv(variable, text)
    [words] = told_of(settings, variable)
    assert words.startswith("Value error, write a JSON list of texts, such as [")


@pytest.mark.parametrize(("settings", "variable"), LISTS)
def test_a_list_is_read(monkeypatch: pytest.MonkeyPatch, settings: type, variable: str) -> None:
    entry = "198.51.100.0/24" if variable.endswith("NETWORKS") else "db.internal:5432"
    monkeypatch.setenv(variable, f'["{entry}"]')
    assert told_of(settings, variable) == []
