"""Live text in Redis: a text for each step that speaks, an index of them for each outermost run, and a channel."""

from collections.abc import Callable

from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from foundation.cloud.live_text.base import Room, Rooms
from foundation.cloud.redis_errors import redis_asked
from foundation.contracts.live_text import TextPiece, TurnPlace
from foundation.domain.ids import TenantId

_KEPT_SECONDS = 900
_HEAR_SECONDS = 0.2
_WHAT = "Redis, which passes text on,"

_END = """
local held = redis.call('HGET', KEYS[1], ARGV[1])
if held and cjson.decode(held)['place']['fence'] <= tonumber(ARGV[2]) then
    redis.call('HDEL', KEYS[1], ARGV[1])
    redis.call('DEL', KEYS[2])
end
"""
"""A holder that has lost its lease does not silence the one after it."""


class RedisLiveText:
    """The port on one Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._end = redis.register_script(_END)

    async def say(self, piece: TextPiece) -> None:
        index, text = _index(_room(piece.place)), _text(piece.place)
        header = piece.model_copy(update={"offset": 0, "text": ""}).model_dump_json()
        with redis_asked(_WHAT):
            async with self._redis.pipeline(transaction=True) as pipeline:
                if piece.offset == 0:
                    pipeline.delete(text)
                pipeline.append(text, piece.text)
                pipeline.expire(text, _KEPT_SECONDS)
                pipeline.hset(index, str(piece.place.step_id), header)
                pipeline.expire(index, _KEPT_SECONDS)
                pipeline.publish(index, piece.model_dump_json())
                await pipeline.execute()

    async def end(self, place: TurnPlace) -> None:
        with redis_asked(_WHAT):
            await self._end(keys=[_index(_room(place)), _text(place)], args=[str(place.step_id), place.fence])

    async def said(self, room: Room) -> list[TextPiece]:
        with redis_asked(_WHAT):
            headers = await self._redis.hgetall(_index(room))
            pieces = [TextPiece.model_validate_json(headers[step_id]) for step_id in sorted(headers)]
            texts = await self._redis.mget([_text(piece.place) for piece in pieces]) if pieces else []
        return [
            piece.model_copy(update={"text": text})
            for piece, text in zip(pieces, texts, strict=True)
            if text is not None
        ]

    async def forget(self, tenant_id: TenantId) -> int:
        pattern = f"ls:text:[{{]{tenant_id}[}}]:*"
        with redis_asked(_WHAT):
            found = [key async for key in self._redis.scan_iter(pattern, count=1000)]
            return int(await self._redis.delete(*found)) if found else 0

    async def listen(self, rooms: Rooms, hear: Callable[[TextPiece], None]) -> None:
        subscribed: set[Room] = set()
        with redis_asked(_WHAT):
            async with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
                while True:
                    if rooms.changed.is_set():
                        rooms.changed.clear()
                        subscribed = await _follow(pubsub, subscribed, rooms.open)
                    if not subscribed:
                        await rooms.changed.wait()
                        continue
                    message = await pubsub.get_message(timeout=_HEAR_SECONDS)
                    if message is not None and message["type"] == "message":
                        hear(TextPiece.model_validate_json(message["data"]))


async def _follow(pubsub: PubSub, before: set[Room], now: set[Room]) -> set[Room]:
    if entered := now - before:
        await pubsub.subscribe(*map(_index, entered))
    if left := before - now:
        await pubsub.unsubscribe(*map(_index, left))
    return now


def _room(place: TurnPlace) -> Room:
    return place.tenant_id, place.root


def _index(room: Room) -> str:
    """The index of a room's steps, and its channel."""
    tenant_id, root = room
    return f"ls:text:{{{tenant_id}}}:{root}"


def _text(place: TurnPlace) -> str:
    return f"ls:text:{{{place.tenant_id}}}:step:{place.step_id}"
