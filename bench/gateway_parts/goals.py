"""The goals of the gateway, of which some are figures of its peers in the same round."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from support.figures import median

Round = Mapping[str, Mapping[str, float]]
"""The figures of each peer."""

OURS = "lockstep"


@dataclass(frozen=True, slots=True)
class Goal:
    """It is met by a value of at most `gate`; `value` computes it from one round, None if a peer is missing."""

    figure: str
    gate: float
    target: float
    value: Callable[[Round], float | None]


@dataclass(frozen=True, slots=True)
class Reached:
    """The median of all rounds and its goal."""

    figure: str
    value: float | None
    gate: float
    target: float

    @property
    def gate_met(self) -> bool | None:
        return None if self.value is None else self.value <= self.gate

    @property
    def target_met(self) -> bool | None:
        return None if self.value is None else self.value <= self.target

    def as_dict(self) -> dict[str, object]:
        measured = {"figure": self.figure, "value": self.value, "gate": self.gate, "target": self.target}
        return {**measured, "gate_met": self.gate_met, "target_met": self.target_met}


def _beside(name: str, peer: str) -> Callable[[Round], float | None]:
    """The gateway's figure divided by a peer's."""

    def share(figures: Round) -> float | None:
        if peer not in figures or figures[peer][name] <= 0:
            return None
        return figures[OURS][name] / figures[peer][name]

    return share


def _own(name: str) -> Callable[[Round], float | None]:
    return lambda figures: figures[OURS].get(name)


GOALS = (
    Goal("CPU a call / LiteLLM", 1 / 20, 1 / 40, _beside("cpu_ms_call", "litellm")),
    Goal("CPU a call / Portkey", 0.6, 0.3, _beside("cpu_ms_call", "portkey")),
    Goal("CPU a call / nginx", 30, 15, _beside("cpu_ms_call", "nginx")),
    Goal("added p50 at 50/s / LiteLLM", 1 / 6, 1 / 10, _beside("added_p50_at_50", "litellm")),
    Goal("added p50 at 50/s / Portkey", 1, 1, _beside("added_p50_at_50", "portkey")),
    Goal("added p99 at 50/s / LiteLLM", 1 / 2, 1 / 4, _beside("added_p99_at_50", "litellm")),
    Goal("added first token p50 / LiteLLM", 1 / 6, 1 / 9, _beside("added_first_token_p50", "litellm")),
    Goal("CPU a stream / LiteLLM", 1 / 15, 1 / 30, _beside("cpu_ms_stream", "litellm")),
    Goal("CPU a stream / nginx", 7, 4, _beside("cpu_ms_stream", "nginx")),
    Goal("chunk gap p99 over what was sent, ms", 2, 1, _own("gap_p99")),
    Goal("RSS idle, MB", 150, 100, _own("rss_idle_mb")),
    Goal("kB an open stream", 80, 50, _own("kb_open_stream")),
    Goal("Redis round trips a call", 2, 2, _own("redis_round_trips")),
    Goal("Redis CPU a call, ms", 0.08, 0.05, _own("redis_cpu_ms_call")),
    Goal("bad answers", 0, 0, _own("bad_answers")),
    Goal("ledger drift, nano-dollars", 0, 0, _own("ledger_drift_nano_usd")),
    Goal("holds left", 0, 0, _own("holds_left")),
    Goal("events lost", 0, 0, _own("events_lost")),
    Goal("budget overshoot, dollars", 0, 0, _own("overshoot_usd")),
    Goal("refused though affordable", 0, 0, _own("refused_though_affordable")),
)


def reached(rounds: Sequence[Round]) -> list[Reached]:
    goals = []
    for goal in GOALS:
        values = [value for value in map(goal.value, rounds) if value is not None]
        goals.append(Reached(goal.figure, median(values, 4) if values else None, goal.gate, goal.target))
    return goals


def table(goals: Sequence[Reached]) -> str:
    words = {True: "met", False: "MISSED", None: "-"}
    rows = [f"{'figure':<40}{'value':>11}{'gate':>9}{'':>8}{'target':>9}"]
    for one in goals:
        value = "-" if one.value is None else f"{one.value:.4g}"
        met = (words[one.gate_met], words[one.target_met])
        rows.append(f"{one.figure:<40}{value:>11}{one.gate:>9.3g} {met[0]:<7}{one.target:>9.3g} {met[1]}")
    return "\n".join(rows)
