"""When a run's money is closed: nothing is held any more, and exactly what is asked about was committed."""

from uuid import UUID

import pytest

from foundation.contracts.gateway.spending import RunMoney, ScopeMoney
from foundation.domain.ids import RunId
from foundation.domain.money import NOTHING, Amount

RUN, STEP = RunId(UUID(int=1)), UUID(int=2)
SPENT = Amount(tokens=5, nano_usd=70)


def money(*, committed: Amount = SPENT, held: Amount = NOTHING) -> RunMoney:
    """The run's own scope after that of a step which holds something."""
    step = ScopeMoney(scope="step", scope_id=STEP, committed=NOTHING, held=Amount(tokens=9, nano_usd=9))
    return RunMoney(run_id=RUN, scopes=[step, ScopeMoney(scope="run", scope_id=RUN, committed=committed, held=held)])


def test_a_run_that_holds_nothing_is_closed_at_what_it_has_committed() -> None:
    assert money().is_closed_at(SPENT)


@pytest.mark.parametrize(("tokens", "nano_usd"), [(4, 70), (5, 69), (0, 0)])
def test_another_sum_is_not_the_run_s(tokens: int, nano_usd: int) -> None:
    assert not money().is_closed_at(Amount(tokens, nano_usd))


@pytest.mark.parametrize("held", [Amount(tokens=1, nano_usd=0), Amount(tokens=0, nano_usd=1)])
def test_a_run_that_holds_something_is_open(held: Amount) -> None:
    assert not money(held=held).is_closed_at(SPENT)
