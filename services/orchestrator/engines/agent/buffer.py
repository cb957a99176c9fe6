"""The checkpoints of one tick in memory, as LangGraph asks for them; what is newest is the one that came last."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    PendingWrite,
    get_checkpoint_id,
)

Place = tuple[str, str]
"""A thread, and the namespace in it: empty for the graph itself."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint, the id of the one that it followed, and what tasks after it have written so far."""

    checkpoint: Checkpoint
    metadata: CheckpointMetadata
    parent: str | None
    writes: dict[tuple[str, int], PendingWrite] = field(default_factory=dict)


class TickBuffer:
    """The order of checkpoints is that in which they came: clocks of workers, of which their ids are made, differ."""

    def __init__(self) -> None:
        self._kept: dict[Place, dict[str, Kept]] = {}

    def put(self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata) -> RunnableConfig:
        place = place_of(config)
        kept = Kept(checkpoint, metadata, get_checkpoint_id(config))
        self._kept.setdefault(place, {})[checkpoint["id"]] = kept
        return _config(place, checkpoint["id"])

    def put_writes(self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str) -> None:
        """A task's write of the same number counts once; only an error and the like is replaced by a later one."""
        kept = self._kept[place_of(config)][str(get_checkpoint_id(config))]
        for number, (channel, value) in enumerate(writes):
            key = (task_id, WRITES_IDX_MAP.get(channel, number))
            if key[1] < 0 or key not in kept.writes:
                kept.writes[key] = (task_id, channel, value)

    def newest(self, place: Place) -> Kept | None:
        return next(reversed(self._kept.get(place, {}).values()), None)

    def get(self, config: RunnableConfig) -> CheckpointTuple | None:
        place, wanted = place_of(config), get_checkpoint_id(config)
        kept = self._kept.get(place, {}).get(wanted) if wanted else self.newest(place)
        return None if kept is None else _tuple(place, kept)

    def list(
        self,
        config: RunnableConfig | None,
        *,
        having: Mapping[str, Any],
        before: str | None,
        limit: int | None,
    ) -> Iterator[CheckpointTuple]:
        """Newest first; `having` are members of the metadata, `before` the id behind which the list begins."""
        found = [
            _tuple(place, kept)
            for place, of_place in self._kept.items()
            if config is None or place == place_of(config)
            for kept in _before(list(of_place.values()), before)
            if all(kept.metadata.get(key) == value for key, value in having.items())
        ]
        yield from found if limit is None else found[:limit]

    def forget(self, thread_id: str) -> None:
        for place in [place for place in self._kept if place[0] == thread_id]:
            del self._kept[place]


def place_of(config: RunnableConfig) -> Place:
    given = config.get("configurable", {})
    return str(given.get("thread_id")), str(given.get("checkpoint_ns", ""))


def _before(kept: Sequence[Kept], before: str | None) -> list[Kept]:
    ids = [one.checkpoint["id"] for one in kept]
    end = ids.index(before) if before in ids else len(kept)
    return list(reversed(kept[:end]))


def _config(place: Place, checkpoint_id: str) -> RunnableConfig:
    thread_id, namespace = place
    return {"configurable": {"thread_id": thread_id, "checkpoint_ns": namespace, "checkpoint_id": checkpoint_id}}


def _tuple(place: Place, kept: Kept) -> CheckpointTuple:
    return CheckpointTuple(
        _config(place, kept.checkpoint["id"]),
        kept.checkpoint,
        kept.metadata,
        _config(place, kept.parent) if kept.parent is not None else None,
        list(kept.writes.values()),
    )
