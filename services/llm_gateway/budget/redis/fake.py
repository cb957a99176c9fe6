"""The budgets' scripts on counters in memory, for tests without a Redis.

A reservation with rates, slots or rolling windows raises NotImplementedError, because only the Lua decides about these.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

from redis.exceptions import RedisError

from foundation.domain.money import NOTHING, Amount
from llm_gateway.budget.redis.base import Argument, Script
from llm_gateway.budget.redis.counted_window import CountedWindow
from llm_gateway.budget.redis.fake_counters import CountedHold, CountedScope
from llm_gateway.budget.redis.replies import ReserveReply
from llm_gateway.budget.redis.scripts import load_script

# As in reserve.lua. Lua counts from 1, so what it calls ARGV[12] is args[11] here, and KEYS[4] is keys[3].
_SCOPES_AT, _KEYS_BEFORE, _ARGUMENTS = 22, 5, 7
_UNITS = (("tokens", 0), ("nano_usd", 1))


class FakeScriptRunner:
    """`events` are what the scripts appended to the streams; `failure`, while it is set, is raised by every script."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._scopes: dict[str, CountedScope] = {}
        self._holds: dict[str, CountedHold] = {}
        self._markers: dict[str, str] = {}
        self._adjusted: set[str] = set()
        self.events: list[str] = []
        self.closed_epochs: set[str] = set()
        self.failure: RedisError | None = None
        self._handlers = {
            load_script(name).digest: handler
            for name, handler in (
                ("reserve", self._reserve),
                ("settle", self._settle),
                ("renew", self._renew),
                ("lapse", self._lapse),
                ("close_run", self._close_run),
                ("adjust", self._adjust),
                ("restore", self._restore),
            )
        }

    async def run(self, script: Script, *, script_keys: Sequence[str], args: Sequence[Argument]) -> Any:
        if self.failure is not None:
            raise self.failure
        return self._handlers[script.digest](list(script_keys), [str(arg) for arg in args])

    def committed(self, scope_key: str, window: str = "total") -> Amount:
        return self._window(scope_key, window).committed

    def held(self, scope_key: str, window: str = "total") -> Amount:
        return self._window(scope_key, window).held

    def lose_holds(self) -> None:
        """As a restart of Redis that brings back the counters of its file, but not the latest holds."""
        self._holds.clear()

    def _window(self, scope_key: str, window: str) -> CountedWindow:
        return self._scopes.get(scope_key, CountedScope()).windows.get(window, CountedWindow())

    def _now_ms(self) -> float:
        return self._clock() * 1000

    def _reserve(self, keys: list[str], args: list[str]) -> list[bytes]:
        if keys[0] in self.closed_epochs:
            return [ReserveReply.CLOSED]
        now = self._now_ms()
        if not (int(args[6]) <= now < int(args[7]) and int(args[9]) <= now < int(args[10])):
            return [ReserveReply.STALE_WINDOW, str(int(now)).encode()]
        if int(args[16]) or int(args[19]) or len(keys) > _KEYS_BEFORE + int(args[15]):
            raise NotImplementedError("rates, slots and rolling windows are decided by the Lua only")
        self._lapse_due(keys[1])
        hold = self._holds.get(keys[3])
        if hold is not None and hold.state == "open":
            return [ReserveReply.RESERVED]
        marked = args[14] == "1"
        if marked and (marker := self._markers.get(keys[4])) is not None:
            state, _, other = marker.partition(" ")
            return [ReserveReply.REPLAY if state == "settled" else ReserveReply.IN_PROGRESS, other.encode()]
        scope_keys = keys[_KEYS_BEFORE : _KEYS_BEFORE + int(args[15])]
        if (refused := self._check_run(scope_keys, args)) is not None:
            return [refused]
        bound = Amount(int(args[3]), int(args[4]))
        labels = {"total": "total", "day": args[5], "month": args[8]}
        scopes = [(key, args[_SCOPES_AT + _ARGUMENTS * number] == "1") for number, key in enumerate(scope_keys)]
        refusal, answer = self._check_limits(scopes, labels, bound, args)
        if refusal is not None:
            return refusal
        self._change(scopes, labels, held=bound)
        self._note_run(scope_keys, args)
        leases, lapses = keys[1], now + float(args[2])
        self._holds[keys[3]] = CountedHold(bound, labels, scopes, args[13], keys[4] if marked else "", leases, lapses)
        if marked:
            self._markers[keys[4]] = f"open {args[1]}"
        return answer

    def _check_run(self, scope_keys: list[str], args: list[str]) -> ReserveReply | None:
        """`RUN_CLOSED` or `STALE_LEASE`, where a later generation or fence has called or the run was closed."""
        if not args[11]:
            return None
        runs = self._runs(scope_keys, args)
        if any(scope.closed >= generation for scope, generation in runs):
            return ReserveReply.RUN_CLOSED
        step = self._scopes.setdefault(scope_keys[-1], CountedScope())
        if any(scope.generation > generation for scope, generation in runs) or step.fence > int(args[12]):
            return ReserveReply.STALE_LEASE
        return None

    def _note_run(self, scope_keys: list[str], args: list[str]) -> None:
        if args[11]:
            for scope, generation in self._runs(scope_keys, args):
                scope.generation = generation
            self._scopes[scope_keys[-1]].fence = int(args[12])

    def _runs(self, scope_keys: list[str], args: list[str]) -> list[tuple[CountedScope, int]]:
        """The runs above, outermost first, then the call's own, each with the generation that the call names."""
        generations = [*(int(word) for word in args[18].split()), int(args[11])]
        of_runs = scope_keys[-1 - len(generations) : -1]
        return [
            (self._scopes.setdefault(key, CountedScope()), generation)
            for key, generation in zip(of_runs, generations, strict=True)
        ]

    def _check_limits(
        self, scopes: list[tuple[str, bool]], labels: dict[str, str], bound: Amount, args: list[str]
    ) -> tuple[list[bytes] | None, list[bytes]]:
        """The first limit that is spent, else the first that others hold; and what is left in each scope."""
        refusals: dict[ReserveReply, list[bytes]] = {}
        lefts: list[bytes] = []
        nearly: list[str] = []
        for number, (key, windowed) in enumerate(scopes, start=1):
            least: dict[str, int] = {}
            for place, name in enumerate(("total", "day", "month") if windowed else ("total",)):
                window = self._open(key, name)
                window.reaches(labels[name])
                is_nearly = False
                for unit, at in _UNITS:
                    text = args[_SCOPES_AT + _ARGUMENTS * (number - 1) + 1 + 2 * place + at]
                    if not text:
                        continue
                    committed, held = getattr(window.committed, unit), getattr(window.held, unit)
                    free, wanted = int(text) - committed - held, getattr(bound, unit)
                    if wanted > free:
                        kind = ReserveReply.SPENT if committed + wanted > int(text) else ReserveReply.HELD
                        words = (number, name, unit, max(0, free), "", text, committed, held, wanted)
                        refusals.setdefault(kind, [kind, *(str(word).encode() for word in words)])
                    least[unit] = min(free - wanted, least.get(unit, free - wanted))
                    is_nearly = is_nearly or committed >= int(text) - int(text) // 5
                if is_nearly:
                    nearly.append(f"{number} {name}")
            lefts += [str(least[unit]).encode() if unit in least else b"" for unit, _ in _UNITS]
        at_us = str(int(self._now_ms() * 1000)).encode()
        answer = [ReserveReply.RESERVED, at_us, ",".join(nearly).encode(), *lefts]
        return refusals.get(ReserveReply.SPENT) or refusals.get(ReserveReply.HELD), answer

    def _settle(self, keys: list[str], args: list[str]) -> list[bytes]:
        if keys[0] in self.closed_epochs:
            return [b"closed"]
        hold = self._holds.get(keys[3])
        if hold is None:
            return [b"unknown"]
        if hold.state == "settled":
            return [b"already"]
        used = Amount(int(args[1]), int(args[2]))
        if hold.state == "lapsed":
            if not args[5]:
                return [b"already" if used == hold.bound else b"lapsed"]
            self.events.append(args[5])
            self._change(hold.scopes, hold.labels, committed=used - hold.bound)
        else:
            self.events.append(args[3])
            self._change(hold.scopes, hold.labels, committed=used, held=NOTHING - hold.bound)
        answer = b"lowered" if hold.state == "lapsed" else b"settled"
        hold.state = "settled"
        if hold.marker and args[4]:
            self._markers[hold.marker] = f"settled {args[0]}"
        elif self._markers.get(hold.marker) == f"open {args[0]}":
            del self._markers[hold.marker]
        return [answer]

    def _renew(self, keys: list[str], args: list[str]) -> list[bytes]:
        if keys[0] in self.closed_epochs:
            raise RedisError("LOCKSTEP closed")
        until = self._now_ms() + float(args[0])
        gone = []
        for name in args[1:]:
            hold = next((one for key, one in self._holds.items() if key.endswith(f":{name}")), None)
            if hold is None or hold.state != "open":
                gone.append(name.encode())
            else:
                hold.lapses_ms = max(hold.lapses_ms, until)
        return gone

    def _lapse(self, keys: list[str], _args: list[str]) -> int:
        return 0 if keys[0] in self.closed_epochs else self._lapse_due(keys[1])

    def _lapse_due(self, leases: str) -> int:
        due = [
            one
            for one in self._holds.values()
            if one.state == "open" and one.leases == leases and one.lapses_ms <= self._now_ms()
        ]
        for hold in due:
            hold.state = "lapsed"
            self.events.append(hold.event)
            self._change(hold.scopes, hold.labels, committed=hold.bound, held=NOTHING - hold.bound)
            self._markers.pop(hold.marker, None)
        return len(due)

    def _close_run(self, keys: list[str], args: list[str]) -> bytes:
        if keys[0] in self.closed_epochs:
            return b"closed"
        run = self._scopes.setdefault(keys[1], CountedScope())
        run.closed = max(run.closed, int(args[0]))
        return b"done"

    def _adjust(self, keys: list[str], args: list[str]) -> bytes:
        if keys[0] in self.closed_epochs:
            return b"closed"
        if keys[2] in self._adjusted:
            return b"already"
        self._adjusted.add(keys[2])
        self.events.append(args[4])
        scopes = [
            (key, args[6 + number] == "1") for number, key in enumerate(keys[3:]) if key in self._scopes or not args[5]
        ]
        labels = {"total": "total", "day": args[2], "month": args[3]}
        self._change(scopes, labels, committed=Amount(int(args[0]), int(args[1])))
        return b"adjusted"

    def _restore(self, keys: list[str], args: list[str]) -> bytes:
        is_open = keys[0] not in self.closed_epochs
        bound = Amount(int(args[2]), int(args[3]))
        known = self._holds.get(keys[2])
        if known is not None:
            if known.state != "open" or known.bound == bound or is_open:
                return b"known"
            known.bound, known.event = bound, args[7]
            return b"restored"
        scopes = [(line[1:], line[0] == "1") for line in args[6].split("\n") if line]
        labels = {"total": "total", "day": args[4], "month": args[5]}
        marker = keys[3] if args[8] == "1" else ""
        lapses = self._now_ms() + float(args[1])
        self._holds[keys[2]] = CountedHold(bound, labels, scopes, args[7], marker, keys[1], lapses)
        if marker:
            self._markers.setdefault(marker, f"open {args[0]}")
        if is_open:
            self._change(scopes, labels, held=bound)
        return b"restored"

    def _change(
        self,
        scopes: list[tuple[str, bool]],
        labels: dict[str, str],
        *,
        committed: Amount = NOTHING,
        held: Amount = NOTHING,
    ) -> None:
        for key, windowed in scopes:
            for name in ("total", "day", "month") if windowed else ("total",):
                window = self._open(key, name)
                if window.reaches(labels[name]):
                    window.committed += committed
                    window.held += held

    def _open(self, key: str, name: str) -> CountedWindow:
        return self._scopes.setdefault(key, CountedScope()).windows.setdefault(name, CountedWindow())
