from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.breaker_cause import BreakerCause
from ..models.breaker_state import BreakerState

T = TypeVar("T", bound="Breaker")


@_attrs_define
class Breaker:
    """A breaker, and what changed it last; `calls` and `failures` are what one gateway saw lately.

    Attributes:
        provider (str):
        model (str):
        state (BreakerState): Whether what a breaker guards is called.
        why (BreakerCause): What opened or closed a breaker.
        retry_after_seconds (float):
        calls (int):
        failures (int):
    """

    provider: str
    model: str
    state: BreakerState
    why: BreakerCause
    retry_after_seconds: float
    calls: int
    failures: int

    def to_dict(self) -> dict[str, Any]:
        provider = self.provider

        model = self.model

        state = self.state.value

        why = self.why.value

        retry_after_seconds = self.retry_after_seconds

        calls = self.calls

        failures = self.failures

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "provider": provider,
                "model": model,
                "state": state,
                "why": why,
                "retry_after_seconds": retry_after_seconds,
                "calls": calls,
                "failures": failures,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        provider = d.pop("provider")

        model = d.pop("model")

        state = BreakerState(d.pop("state"))

        why = BreakerCause(d.pop("why"))

        retry_after_seconds = d.pop("retry_after_seconds")

        calls = d.pop("calls")

        failures = d.pop("failures")

        breaker = cls(
            provider=provider,
            model=model,
            state=state,
            why=why,
            retry_after_seconds=retry_after_seconds,
            calls=calls,
            failures=failures,
        )

        return breaker
