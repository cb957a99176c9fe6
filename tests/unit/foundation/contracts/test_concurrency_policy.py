"""What a tenant lets run at once."""

from foundation.contracts.concurrency import SHIPPED_CAPACITIES, ConcurrencyPolicy


def test_a_tenants_capacities_stand_before_those_that_are_shipped() -> None:
    assert ConcurrencyPolicy().capacities() == SHIPPED_CAPACITIES == {"browser": 2}
    assert ConcurrencyPolicy(resources={"crm": 1}).capacities() == {"browser": 2, "crm": 1}
    assert ConcurrencyPolicy(resources={"browser": 5}).capacities() == {"browser": 5}
