"""The local stack passes on the providers' keys that its gateway's files name, and compares them by digest only."""

from pathlib import Path

import pytest

from supervisor.errors import SupervisorError
from supervisor.provider_keys import key_references
from supervisor.settings import Settings

FILE = """
[providers.theirs]
key = { env = "THEIR_KEY" }

[providers.ours]
key = { env = "OUR_KEY", secret = "lockstep/provider/ours" }

[providers.in-a-secret]
key = { secret = "lockstep/provider/other" }

[providers.open]
adapter = "openai-compatible"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "routes.toml"
    file.write_text(FILE)
    return file


def test_a_key_is_known_by_its_variable_and_the_secret_beside_it(file: Path) -> None:
    assert key_references([file]) == {"THEIR_KEY": None, "OUR_KEY": "lockstep/provider/ours"}


@pytest.mark.parametrize("text", ["[providers.x\n", "\xff"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_bytes(text.encode("latin-1"))
    with pytest.raises(SupervisorError, match=r"broken\.toml"):
        key_references([broken])
    with pytest.raises(SupervisorError, match=r"missing\.toml"):
        key_references([tmp_path / "missing.toml"])


def test_a_file_of_another_form_is_left_to_the_gateway_to_refuse(tmp_path: Path) -> None:
    file = tmp_path / "odd.toml"
    file.write_text('[providers]\nx = 1\ny = { key = "sk" }\nz = { key = { env = 7 } }\n')
    assert key_references([file]) == {}


def test_keys_that_are_set_in_the_shell_are_passed_on(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCKSTEP_EXTRA_ROUTES_FILES", str(file))
    monkeypatch.setenv("THEIR_KEY", "sk-theirs")
    monkeypatch.setenv("OUR_KEY", "")
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    settings = Settings()
    assert settings.provider_keys == {"THEIR_KEY": "sk-theirs"}
    assert "THEIR_KEY" in settings.identity({})
    assert "sk-theirs" not in str(settings.identity({})) + str(settings.as_variables())


def test_the_vendors_keys_have_secrets() -> None:
    assert Settings().key_references["OPENAI_API_KEY"] == "lockstep/provider/openai"
    assert Settings().key_references["ANTHROPIC_API_KEY"] == "lockstep/provider/anthropic"
