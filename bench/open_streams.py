"""Opens a thousand streams on one gateway process, and checks that all arrive complete and are charged."""

import argparse
import asyncio
import re
import resource
import tempfile
from collections import Counter
from pathlib import Path

import psutil

from gateway_parts import ledger_check
from gateway_parts.load import OPEN_GAP_MS, PLAIN, Load, body, whole_stream
from peers.base import LOAD_CORE, Peer
from peers.direct import direct
from peers.lockstep import Lockstep, lockstep
from support.figures import milliseconds, publish
from support.raw_http import Taken

_FILES = 8192
_GAP_MS = 2 * OPEN_GAP_MS
_CODE = re.compile(rb'"code": ?"(\w+)"')


async def measure(ours: Lockstep, *, streams: int) -> dict[str, object]:
    load, payer = Load(), ours.payer()
    peer: Peer = ours.peer(payer)
    await load.full(peer, PLAIN, at_once=1, seconds=0.3)
    before = peer.rss()
    taken, peak = await load.open_at_once(peer, streams, body=body(f"fake-{_GAP_MS}ms", stream=True))
    balance = await ledger_check.check_ledger(ours, payer, answered=load.good(peer.name))
    whole = sum(map(whole_stream, taken))
    return {
        "streams": streams,
        "whole": whole,
        "lost": streams - whole,
        "why": dict(Counter(_why(one) for one in taken if not whole_stream(one))),
        "rss_mb": {"before": round(before / 2**20, 1), "with_all_open": round(peak / 2**20, 1)},
        "kb_a_stream": round((peak - before) / 1024 / streams, 1),
        "first_token_ms": milliseconds([one.first for one in taken if one.arrivals], 50, 99),
        **balance,
    }


def _why(taken: Taken) -> str:
    """The status and the code of an error; only 200 if a part of the stream is missing."""
    code = _CODE.search(bytes(taken.body))
    return f"{taken.status} {code[1].decode()}" if code else str(taken.status)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=1000)
    given = parser.parse_args()
    # The gateway has two connections for each stream, the upstream and this process one each.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(_FILES, most), most))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with direct(folder) as straight, lockstep(folder, straight) as ours:
            psutil.Process().cpu_affinity([LOAD_CORE])
            publish("open_streams", asyncio.run(measure(ours, streams=given.streams)))


if __name__ == "__main__":
    main()
