"""What fails for a while is tried again, and what nobody needs to try again costs one try."""

import pytest

from foundation.telemetry.retries import with_tries


class Away(Exception):
    """Passes."""


class Busy(Away):
    """Passes, but not by being asked again."""


class Work:
    """Raises what it is given, one error a try, then returns the number of its tries."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)
        self.tries = 0

    async def do(self) -> int:
        self.tries += 1
        if self._errors:
            raise self._errors.pop(0)
        return self.tries


async def outcome(work: Work, *, attempts: int | None = 3) -> int:
    return await with_tries(work.do, on=(Away, OSError), never=(Busy,), attempts=attempts, pause_seconds=0)


@pytest.mark.parametrize("failures", [0, 1, 2])
async def test_it_is_tried_until_it_succeeds(failures: int) -> None:
    assert await outcome(Work(*(Away() for _ in range(failures)))) == failures + 1


async def test_the_last_try_raises_its_own_error() -> None:
    last = Away("the third")
    work = Work(Away("the first"), OSError("the second"), last, Away("never raised"))
    with pytest.raises(Away) as raised:
        await outcome(work)
    assert (raised.value, work.tries) == (last, 3)


async def test_one_attempt_is_one_try() -> None:
    work = Work(Away())
    with pytest.raises(Away):
        await outcome(work, attempts=1)
    assert work.tries == 1


async def test_without_an_end_it_goes_on() -> None:
    assert await outcome(Work(*(Away() for _ in range(30))), attempts=None) == 31


@pytest.mark.parametrize("error", [ValueError(), Busy()])
@pytest.mark.parametrize("before", [0, 1])
async def test_other_errors_end_it_at_once(error: Exception, before: int) -> None:
    work = Work(*(Away() for _ in range(before)), error, Away())
    with pytest.raises(type(error)):
        await outcome(work)
    assert work.tries == before + 1
