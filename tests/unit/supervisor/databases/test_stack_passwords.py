"""Passwords of the local stack are made once, and a login that is new gets its own."""

import json
from pathlib import Path

from supervisor.databases.passwords import LOGINS, load_or_create


def test_passwords_are_made_once_for_every_login(tmp_path: Path) -> None:
    file = tmp_path / "passwords.json"
    made = load_or_create(file)
    assert set(LOGINS) < set(made)
    assert len(set(made.values())) == len(made)
    assert load_or_create(file) == made
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_older_file_keeps_its_passwords_and_gets_the_missing_ones(tmp_path: Path) -> None:
    file = tmp_path / "passwords.json"
    file.write_text(json.dumps({"lockstep": "old"}))
    assert load_or_create(file)["lockstep"] == "old"
    assert set(LOGINS) < set(json.loads(file.read_text()))
