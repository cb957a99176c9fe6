"""Passwords of the local database and Redis: made once, in a file that only its owner can read."""

import json
import secrets
from pathlib import Path

from supervisor.private_files import write_private

SUPERUSER = "lockstep"
LOGINS = ("control_plane", "orchestrator", "llm_gateway", "lambdas", "relay", "sweeper", "recorder", "reconciler")


def load_or_create(path: Path) -> dict[str, str]:
    """The passwords by login; a login that is missing in an older file gets one."""
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [name for name in (SUPERUSER, *LOGINS, "redis") if name not in known]
    if missing:
        known |= {name: secrets.token_urlsafe(24) for name in missing}
        write_private(path, json.dumps(known, indent=1))
    return known
