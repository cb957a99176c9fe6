"""Work that is tried again after a failure that may pass."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import stamina

T = TypeVar("T")
Errors = tuple[type[Exception], ...]


async def with_tries(
    work: Callable[[], Awaitable[T]],
    *,
    on: Errors,
    never: Errors = (),
    attempts: int | None,
    pause_seconds: float,
    growth: float = 2,
) -> T:
    """What `work` returns. An error of `on`, but none of `never`, is followed by a pause and another try.

    The pause grows by the factor `growth` after each failure. The last of `attempts` tries raises its error; None sets
    no end. All of `work` happens again, so it must be safe to repeat.
    """
    try:
        # Nearly always the only try, so it does not pay the 25 microseconds that the library's iterator costs.
        return await work()
    except on as error:
        if isinstance(error, never):
            raise
        first = error
    async for attempt in stamina.retry_context(
        on=lambda error: isinstance(error, on) and not isinstance(error, never),
        attempts=attempts,
        timeout=None,
        wait_initial=pause_seconds,
        wait_jitter=0,
        wait_exp_base=growth,
    ):
        with attempt:
            if attempt.num == 1:
                raise first  # the try above was the first one, which the library counts and waits for
            return await work()
    raise AssertionError("unreachable")
