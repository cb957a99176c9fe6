"""When an alert is raised, as data, of which Prometheus expressions and alarms of CloudWatch are made."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Series:
    """A metric of `/metrics`, of which only what has these labels counts."""

    metric: str
    where: Mapping[str, str] = field(default_factory=dict)

    def promql(self) -> str:
        selected = ", ".join(f'{label}="{value}"' for label, value in self.where.items())
        return f"{self.metric}{{{selected}}}" if selected else self.metric


@dataclass(frozen=True, slots=True)
class Above:
    """The highest value of each series, added up, is above a threshold."""

    series: tuple[Series, ...]
    threshold: float

    def promql(self) -> str:
        return f"{' + '.join(f'max({one.promql()})' for one in self.series)} > {self.threshold:g}"


@dataclass(frozen=True, slots=True)
class Reached:
    """Of some value of a label the series is at a level or above."""

    series: Series
    by: str
    level: float

    def promql(self) -> str:
        return f"max by ({self.by}) ({self.series.promql()}) >= {self.level:g}"


@dataclass(frozen=True, slots=True)
class Grew:
    """A counter has grown within so many minutes by more than this."""

    series: Series
    minutes: int
    more_than: float = 0

    def promql(self) -> str:
        return f"sum(increase({self.series.promql()}[{self.minutes}m])) > {self.more_than:g}"


@dataclass(frozen=True, slots=True)
class Share:
    """Of what a counter has grown by within so many minutes, a part is above a share; of few it says nothing."""

    part: Series
    whole: Series
    minutes: int
    more_than: float
    of_at_least: int

    def promql(self) -> str:
        part = f"sum(increase({self.part.promql()}[{self.minutes}m]))"
        whole = f"sum(increase({self.whole.promql()}[{self.minutes}m]))"
        return f"{part} / {whole} > {self.more_than:g} and {whole} >= {self.of_at_least}"


@dataclass(frozen=True, slots=True)
class Down:
    """A service's `/metrics` cannot be scraped."""

    jobs: tuple[str, ...]

    def promql(self) -> str:
        return f'up{{job=~"{"|".join(self.jobs)}"}} == 0'


Condition = Above | Reached | Grew | Share | Down


def metrics_of(condition: Condition) -> set[str]:
    """The names of the metrics that a condition reads, `up` excepted, which is Prometheus's own."""
    match condition:
        case Above():
            return {one.metric for one in condition.series}
        case Reached() | Grew():
            return {condition.series.metric}
        case Share():
            return {condition.part.metric, condition.whole.metric}
        case Down():
            return set()
