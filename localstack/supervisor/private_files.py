"""Files that only the person who runs the stack can read: passwords, keys, addresses with both in them."""

import os
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Replaces the file in one step; no other user can read it at any moment."""
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)
