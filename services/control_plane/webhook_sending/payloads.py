"""What a webhook is told of an event: the text that is signed and sent."""

import json
from datetime import datetime
from typing import Any

from control_plane.streams.event_view import RunEventView
from foundation.contracts.moments import told
from foundation.storage.execution.event_streams import StreamedEvent

TEST_TYPE = "webhook.test"
_NOWHERE: dict[str, Any] = dict.fromkeys(RunEventView.model_fields)


def of_event(event: StreamedEvent) -> str:
    """The event as the API's streams show it, in `data`, whether it is a run's or the tenant's own."""
    return _text(RunEventView.of(event).model_dump(mode="json"))


def of_test(at: datetime, name: str) -> str:
    """In the shape of an event, with which it shares its receivers, although it stands in no stream and has no id."""
    return _text({**_NOWHERE, "type": TEST_TYPE, "at": told(at), "data": {"webhook": name}})


def _text(event: dict[str, Any]) -> str:
    message = {"type": event["type"], "timestamp": event["at"], "data": event}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def wants(patterns: list[str], kind: str) -> bool:
    """Whether one of the patterns is the type, or the family that it belongs to, such as `run.*`."""
    family = f"{kind.partition('.')[0]}.*"
    return kind in patterns or family in patterns
