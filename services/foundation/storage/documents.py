"""JSON on its way into a jsonb column."""

import json
from typing import Any


def jsonb(value: Any) -> str | None:
    """The value as JSON text, None for None; U+0000, which PostgreSQL cannot hold, becomes U+FFFD."""
    if value is None:
        return None
    return json.dumps(value, default=str).replace("\\u0000", "\\ufffd")
