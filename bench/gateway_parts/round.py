"""Measures one peer in one round."""

from dataclasses import asdict, dataclass

from gateway_parts.load import PLAIN, STREAM, Load
from peers.base import Peer
from support.figures import percentile
from support.raw_http import Taken


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds, except the first two. `added` is the difference to direct calls, `gap` to the upstream's pauses."""

    calls_per_second: float
    streams_per_second: float
    cpu_ms_call: float
    cpu_ms_1000_calls: float
    cpu_ms_stream: float
    added_p50_at_20: float
    added_p99_at_20: float
    added_p50_at_50: float
    added_p99_at_50: float
    added_first_token_p50: float
    gap_p99: float

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


async def one_round(load: Load, direct: Peer, peer: Peer, *, seconds: float) -> Figures:
    await load.full(peer, PLAIN, at_once=16, seconds=seconds / 2)
    plain = await load.full(peer, PLAIN, at_once=32, seconds=seconds)
    stream = await load.full(peer, STREAM, at_once=64, seconds=seconds)
    at_20 = await load.in_turn(direct, peer, PLAIN, per_second=20, calls=round(20 * seconds))
    at_50 = await load.in_turn(direct, peer, PLAIN, per_second=50, calls=round(60 * seconds))
    streams = await load.in_turn(direct, peer, STREAM, per_second=10, calls=round(12 * seconds))
    cpu_ms = plain.cpu_seconds / plain.calls * 1000
    return Figures(
        calls_per_second=plain.calls / plain.seconds,
        streams_per_second=stream.calls / stream.seconds,
        cpu_ms_call=cpu_ms,
        cpu_ms_1000_calls=cpu_ms * 1000,
        cpu_ms_stream=stream.cpu_seconds / stream.calls * 1000,
        added_p50_at_20=_added(*at_20, share=0.5),
        added_p99_at_20=_added(*at_20, share=0.99),
        added_p50_at_50=_added(*at_50, share=0.5),
        added_p99_at_50=_added(*at_50, share=0.99),
        added_first_token_p50=_first(streams[1]) - _first(streams[0]),
        gap_p99=_gap(streams[1]) - _gap(streams[0]),
    )


def _added(direct: list[Taken], peer: list[Taken], *, share: float) -> float:
    through, straight = ([one.whole for one in side] for side in (peer, direct))
    return (percentile(through, share) - percentile(straight, share)) * 1000


def _first(taken: list[Taken]) -> float:
    return percentile([one.first for one in taken], 0.5) * 1000


def _gap(taken: list[Taken]) -> float:
    return percentile([gap for one in taken for gap in one.gaps], 0.99) * 1000
