"""Sends requests when they are due, even if earlier ones are unanswered, and keeps how long each took from then."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp

from support.figures import milliseconds


@dataclass(frozen=True, slots=True)
class Call:
    """One request, and the status that answers it when all is well."""

    name: str
    method: str
    url: str
    expected: int
    headers: dict[str, str]
    body: dict[str, object] | None = None


class OpenLoop:
    """Sends calls at a fixed rate and keeps latencies and errors."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def drive(self, next_call: Callable[[], Call], *, per_second: float, seconds: float) -> dict[str, object]:
        took: dict[str, list[float]] = defaultdict(list)
        errors: Counter[str] = Counter()
        count = round(per_second * seconds)
        began = time.perf_counter()

        async def one(call: Call, due: float) -> None:
            try:
                async with self._session.request(call.method, call.url, json=call.body, headers=call.headers) as answer:
                    await answer.read()
                    if answer.status != call.expected:
                        errors[f"{call.name}: {answer.status}"] += 1
            except (aiohttp.ClientError, TimeoutError) as error:
                errors[f"{call.name}: {type(error).__name__}"] += 1
            took[call.name].append(time.perf_counter() - due)

        async with asyncio.TaskGroup() as group:
            for place in range(count):
                due = began + place / per_second
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                group.create_task(one(next_call(), due))
        every = [value for values in took.values() for value in values]
        return {
            "requests": count,
            "per_second": per_second,
            "errors": dict(errors),
            "all_ms": milliseconds(every, 50, 95, 99),
            **{f"{name}_ms": milliseconds(values, 50, 95, 99) for name, values in sorted(took.items())},
        }
