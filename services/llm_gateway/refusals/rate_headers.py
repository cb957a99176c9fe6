"""The headers about rates: the fullest window of each unit, as OpenAI names them."""

from collections.abc import Sequence

from llm_gateway.budget.limits.rates import SlidingWindowState


def rate_headers(rates: Sequence[SlidingWindowState]) -> tuple[tuple[str, str], ...]:
    fullest: dict[bool, SlidingWindowState] = {}
    for state in rates:
        known = fullest.get(state.rate.counts_tokens)
        if known is None or state.left < known.left:
            fullest[state.rate.counts_tokens] = state
    headers = []
    for state in fullest.values():
        unit = state.rate.unit
        headers += [
            (f"x-ratelimit-limit-{unit}", str(state.rate.limit)),
            (f"x-ratelimit-remaining-{unit}", str(state.left)),
            (f"x-ratelimit-reset-{unit}", write_duration(round_up_to_milliseconds(state.reset_us))),
        ]
    return tuple(headers)


def round_up_to_milliseconds(microseconds: int) -> int:
    """Rounded up: a millisecond earlier would be too early."""
    return -(-microseconds // 1000)


def write_duration(ms: int) -> str:
    """A duration as OpenAI writes it: 12ms, 1.5s, 2m0.25s."""
    if ms < 1000:  # noqa: PLR2004
        return f"{ms}ms"
    minutes, rest = divmod(ms, 60_000)
    seconds = f"{rest / 1000:.3f}".rstrip("0").rstrip(".")
    return f"{minutes}m{seconds}s" if minutes else f"{seconds}s"
