"""How often Python's garbage collector looks at a process that serves requests."""

import gc

_ALLOCATIONS_BETWEEN_COLLECTIONS = 20_000


def spare_the_collector() -> None:
    """Let it run rarely; to be called once all is open that the process serves with.

    What was created so far lives as long as the process, so it is frozen, and no collection walks it again: each would
    stop every request for tens of milliseconds. A request leaves hardly any cycles to collect.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS_BETWEEN_COLLECTIONS, 20, 20)
