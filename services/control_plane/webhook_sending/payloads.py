"""What a webhook is told of an event: the text that is signed and sent."""

import json
from datetime import datetime
from typing import Any

from control_plane.streams.event_view import RunEventView
from foundation.contracts.moments import told
from foundation.domain.run_events import TenantEventType
from foundation.storage.execution.event_streams import StreamedEvent

TEST_TYPE = "webhook.test"


def of_event(event: StreamedEvent) -> str:
    """The event as the API's streams show it, below `data`."""
    view = RunEventView.of(event).model_dump(mode="json")
    return _text(view.pop("type"), view.pop("at"), view)


def of_test(at: datetime, name: str) -> str:
    return _text(TEST_TYPE, at.isoformat().replace("+00:00", "Z"), {"webhook": name})


def of_tenant(kind: TenantEventType, at: datetime, data: dict[str, Any]) -> str:
    """What happened in the tenant and in no run of it."""
    return _text(kind, told(at), data)


def _text(kind: str, at: str, data: dict[str, Any]) -> str:
    return json.dumps({"type": kind, "timestamp": at, "data": data}, ensure_ascii=False, separators=(",", ":"))


def wants(patterns: list[str], kind: str) -> bool:
    """Whether one of the patterns is the type, or the family that it belongs to, such as `run.*`."""
    family = f"{kind.partition('.')[0]}.*"
    return kind in patterns or family in patterns
