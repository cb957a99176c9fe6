"""Checks after the load that every call was charged, to the nano-dollar, and that nothing is held."""

import asyncio
import json
import time
import urllib.request

from gateway_parts.fake_upstream import INPUT_TOKENS, OUTPUT_TOKENS
from gateway_parts.load import body
from peers.lockstep import Lockstep
from peers.payer import Charged, Payer
from support.raw_http import LOOPBACK, Connection

_NANO_PER_TOKEN = (150, 600)
"""The price of the model `fake` in bench/gateway.toml, in nano-dollars."""
_DOLLAR = 10**9
_PATIENCE_SECONDS = 30.0

LIMIT_USD = 25
PARALLEL = 200
CENTS = 1
COSTLY = body("fake-costly-50ms", max_tokens=10_000)
"""A call whose bound is a dollar, whose cost is a cent, and which takes some time."""


def cost_of(calls: int) -> int:
    """The cost in nano-dollars of so many calls of the model `fake`."""
    price_in, price_out = _NANO_PER_TOKEN
    return calls * (INPUT_TOKENS * price_in + OUTPUT_TOKENS * price_out)


async def check_ledger(ours: Lockstep, payer: Payer, *, answered: int) -> dict[str, int]:
    """The charges against those expected of `answered` good answers; the ledger writer gets time to write the last."""
    charged = await _recorded(payer, answered)
    counters = await asyncio.to_thread(_counters, ours, payer)
    committed = max(scope["committed"]["nano_usd"] for scope in counters)
    return {
        "ledger_drift_nano_usd": charged.nano_usd - cost_of(answered),
        "counter_drift_nano_usd": committed - charged.nano_usd,
        "holds_left": sum(scope["held"]["nano_usd"] > 0 for scope in counters),
        "events_lost": answered - charged.answers,
    }


async def measure_exactness(ours: Lockstep) -> dict[str, float]:
    """200 calls at once on a budget of 25 dollars: each has a bound of a dollar and costs a cent, so all fit."""
    payer = ours.payer(nano_usd=LIMIT_USD * _DOLLAR)
    peer = ours.peer(payer)
    connections = [await Connection.open(peer.target) for _ in range(PARALLEL)]
    request = peer.target.request(COSTLY)
    taken = await asyncio.gather(*(connection.send(request) for connection in connections))
    for connection in connections:
        connection.close()
    succeeded = sum(one.good for one in taken)
    charged = await _recorded(payer, succeeded)
    return {
        "limit_usd": LIMIT_USD,
        "calls": PARALLEL,
        "succeeded": succeeded,
        "spent_usd": charged.nano_usd / _DOLLAR,
        "overshoot_usd": max(0, charged.nano_usd - LIMIT_USD * _DOLLAR) / _DOLLAR,
        "refused_though_affordable": PARALLEL - succeeded,
        "drift_usd": (charged.nano_usd - succeeded * CENTS * _DOLLAR // 100) / _DOLLAR,
    }


async def _recorded(payer: Payer, answers: int) -> Charged:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        charged = await asyncio.to_thread(payer.charged)
        if charged.answers >= answers or time.monotonic() > deadline:
            return charged
        await asyncio.sleep(0.2)


def _counters(ours: Lockstep, payer: Payer) -> list[dict[str, dict[str, int]]]:
    """The payer's counters in Redis."""
    question = f"tenant_id={payer.tenant_id}&step_id={payer.step_id}"
    url = f"http://{LOOPBACK}:{ours.port}/internal/runs/{payer.run_id}/money?{question}"
    request = urllib.request.Request(url, headers={"authorization": f"Bearer {payer.service_token()}"})
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
        scopes: list[dict[str, dict[str, int]]] = json.load(answer)["scopes"]
    return scopes
