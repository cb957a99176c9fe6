"""Measures what the gateway adds to a call, with all its functions, and compares it with others in the same run.

The result is JSON, with a table on standard error. All gateways call the same upstream, which answers at once. The
one that is measured has core 0 to itself; load, upstream and Redis share core 1. Each round measures all of them in
turn, and ratios are computed within a round, so that a disturbance of the machine affects both sides. A gateway that
cannot be started here is named with the reason.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import psutil

from gateway_parts import ledger_check
from gateway_parts.goals import OURS, reached, table
from gateway_parts.load import PLAIN, Load
from gateway_parts.round import one_round
from peers.base import LOAD_CORE, Peer, PeerMissing
from peers.direct import direct
from peers.litellm import litellm
from peers.lockstep import Lockstep, lockstep
from peers.nginx import nginx
from peers.payer import Payer
from peers.portkey import portkey
from support.figures import median, progress, publish
from support.installing import install

PEERS: dict[str, Callable[[Path, Peer], AbstractContextManager[Peer]]] = {
    "nginx": nginx,
    "portkey": portkey,
    "litellm": litellm,
}
STREAMS = 200


"""Seconds before the installation of a peer is tried again, since package registries fail temporarily."""


class Bench:
    """The peers that run, and their measurements."""

    def __init__(self, direct_peer: Peer, lockstep_peer: Lockstep, peers: list[Peer], payer: Payer) -> None:
        self._direct_peer = direct_peer
        self._lockstep_peer = lockstep_peer
        self._peers = peers
        self._payer = payer
        self._load = Load()
        self._rounds: list[dict[str, dict[str, float]]] = []
        self._memory: dict[str, dict[str, float]] = {}

    async def run(self, *, rounds: int, seconds: float) -> dict[str, object]:
        for number in range(rounds):
            progress(f"round {number + 1} of {rounds}")
            self._rounds.append({peer.name: await self._figures(peer, seconds) for peer in self._all()})
        answered = self._load.good(OURS)
        balance = await ledger_check.check_ledger(self._lockstep_peer, self._payer, answered=answered)
        exactness = await ledger_check.measure_exactness(self._lockstep_peer)
        exactness_figures = {name: exactness[name] for name in ("overshoot_usd", "refused_though_affordable")}
        own = {**balance, **exactness_figures, "bad_answers": self._load.bad[OURS]}
        for figures in self._rounds:
            figures[OURS] |= {name: float(value) for name, value in own.items()}
        goals = reached(self._rounds)
        progress(table(goals))
        return {
            "rounds": rounds,
            "peers": {name: self._medians(name) for name in self._rounds[0]},
            "books": {"answered": answered, **balance},
            "exactness": exactness,
            "bad_answers": dict(self._load.bad),
            "goals": [goal.as_dict() for goal in goals],
        }

    def _all(self) -> Iterator[Peer]:
        yield from self._peers
        yield self._lockstep_peer.peer(self._payer)

    async def _figures(self, peer: Peer, seconds: float) -> dict[str, float]:
        if peer.name not in self._memory:
            self._memory[peer.name] = await self._memory_of(peer)
        figures = (await one_round(self._load, self._direct_peer, peer, seconds=seconds)).as_dict()
        of_redis = await self._redis(peer, seconds) if peer.name == OURS else {}
        return {**figures, **self._memory[peer.name], **of_redis}

    async def _memory_of(self, peer: Peer) -> dict[str, float]:
        """Memory of a peer, measured once, because it grows at the first burst of calls."""
        idle = peer.rss()
        await self._load.full(peer, PLAIN, at_once=1, seconds=0.3)
        before = peer.rss()
        _, peak = await self._load.open_at_once(peer, STREAMS)
        return {
            "rss_idle_mb": idle / 2**20,
            f"rss_with_{STREAMS}_streams_mb": peak / 2**20,
            "kb_open_stream": max(0, peak - before) / 1024 / STREAMS,
        }

    async def _redis(self, peer: Peer, seconds: float) -> dict[str, float]:
        """Redis' share of a call; scripts that the gateway runs without calls are subtracted."""
        at_rest = self._lockstep_peer.scripts_run()
        await asyncio.sleep(seconds)
        before, scripts = _cpu(self._lockstep_peer.redis_process), self._lockstep_peer.scripts_run()
        loaded = await self._load.full(peer, PLAIN, at_once=32, seconds=seconds)
        return {
            "redis_cpu_ms_call": (_cpu(self._lockstep_peer.redis_process) - before) / loaded.calls * 1000,
            "redis_round_trips": round(
                (self._lockstep_peer.scripts_run() - scripts - (scripts - at_rest)) / loaded.calls, 1
            ),
        }

    def _medians(self, name: str) -> dict[str, float]:
        of_peer = [figures[name] for figures in self._rounds]
        return {figure: median([figures[figure] for figures in of_peer]) for figure in of_peer[0]}


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def measured(names: list[str], *, rounds: int, seconds: float) -> dict[str, object]:
    missing: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        folder = Path(place)
        direct_peer = stack.enter_context(direct(folder))
        peers = []
        for name in names:
            progress(f"starting {name}")
            try:
                peers.append(stack.enter_context(PEERS[name](folder, direct_peer)))
            except PeerMissing as reason:
                missing[name] = str(reason)
        lockstep_peer = stack.enter_context(lockstep(folder, direct_peer))
        psutil.Process().cpu_affinity([LOAD_CORE])
        report = asyncio.run(
            Bench(direct_peer, lockstep_peer, peers, lockstep_peer.payer()).run(rounds=rounds, seconds=seconds)
        )
    return {**report, "missing": missing}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", default="all", help=f"all, ours, or some of {','.join(PEERS)}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5, help="of each load")
    given = parser.parse_args()
    names = {"all": list(PEERS), "ours": []}.get(given.peers, given.peers.split(","))
    if unknown := set(names) - set(PEERS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    install(names)
    publish("gateway", measured(names, rounds=given.rounds, seconds=given.seconds))


if __name__ == "__main__":
    main()
