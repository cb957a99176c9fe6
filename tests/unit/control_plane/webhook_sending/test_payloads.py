"""What is sent says its type, its time and the event, and goes to who asked for it."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from control_plane.webhook_sending.payloads import of_event, of_test, wants
from foundation.domain.ids import RunId
from foundation.storage.execution.event_streams import EventPlace, StreamedEvent

AT = datetime(2026, 11, 29, 18, 0, 0, 123456, tzinfo=UTC)


def test_an_event_is_told_as_streams_show_it() -> None:
    event = StreamedEvent(
        place=EventPlace(7, 3),
        seq=2,
        type="run.failed",
        at=AT,
        run_id=RunId(UUID(int=5)),
        step_id=None,
        step=None,
        item=None,
        data={"näme": 1},
        runs_above=(),
    )
    text = of_event(event)
    assert " " not in text
    assert json.loads(text) == {
        "type": "run.failed",
        "timestamp": "2026-11-29T18:00:00.123456Z",
        "data": {
            "id": "7-3",
            "seq": 2,
            "type": "run.failed",
            "at": "2026-11-29T18:00:00.123456Z",
            "run_id": str(UUID(int=5)),
            "step": None,
            "step_id": None,
            "item": None,
            "data": {"näme": 1},
        },
    }


def test_a_test_names_its_webhook_in_the_shape_of_an_event() -> None:
    assert json.loads(of_test(AT, "tickets")) == {
        "type": "webhook.test",
        "timestamp": "2026-11-29T18:00:00.123456Z",
        "data": {
            "id": None,
            "seq": None,
            "type": "webhook.test",
            "at": "2026-11-29T18:00:00.123456Z",
            "run_id": None,
            "step": None,
            "step_id": None,
            "item": None,
            "data": {"webhook": "tickets"},
        },
    }


@pytest.mark.parametrize(
    ("patterns", "kind", "wanted"),
    [
        (["run.failed"], "run.failed", True),
        (["run.*"], "run.failed", True),
        (["step.*", "run.failed"], "run.failed", True),
        (["run.failed"], "run.completed", False),
        (["step.*"], "run.failed", False),
        ([], "run.failed", False),
    ],
)
def test_who_asked_for_a_type_or_its_family_is_told(patterns: list[str], kind: str, wanted: bool) -> None:
    assert wants(patterns, kind) is wanted
