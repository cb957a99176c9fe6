"""Passwords of the local database and Redis: made once, kept for the owner's eyes."""

import json
import os
import secrets
from pathlib import Path

SUPERUSER = "lockstep"
LOGINS = ("control_plane", "orchestrator", "llm_gateway", "lambdas", "relay", "sweeper", "recorder", "reconciler")


def load_or_create(path: Path) -> dict[str, str]:
    """Adds a password for every name that has none yet, so an older file keeps working."""
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [name for name in (SUPERUSER, *LOGINS, "redis") if name not in known]
    if missing:
        known |= {name: secrets.token_urlsafe(24) for name in missing}
        write_private(path, json.dumps(known, indent=1))
    return known


def write_private(path: Path, text: str) -> None:
    """Replaces the file in one step; no other user can read it at any moment."""
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)
