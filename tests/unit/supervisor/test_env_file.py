"""`.local/env` gives back what was written to it, to its owner only."""

import subprocess
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from supervisor import env_file

VALUES = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=40)


def test_a_file_that_is_not_there_has_no_variables(tmp_path: Path) -> None:
    assert env_file.read(tmp_path / "env") == {}


@given(value=VALUES)
def test_any_value_is_read_as_it_was_written(tmp_path_factory, value: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    file = tmp_path_factory.mktemp("env") / "env"
    env_file.write(file, {"NAME": value, "OTHER": "plain"})
    assert env_file.read(file) == {"NAME": value, "OTHER": "plain"}


def test_a_shell_reads_the_same(tmp_path: Path) -> None:
    value = 'it\'s "a $HOME" `value`; # with everything'
    env_file.write(tmp_path / "env", {"NAME": value})
    script = f'. {tmp_path}/env; printf %s "$NAME"'
    assert subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout == value


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    env_file.write(tmp_path / "env", {"NAME": "x"})
    assert (tmp_path / "env").stat().st_mode & 0o777 == 0o600
