from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define

from ..models.recovery_policy import RecoveryPolicy
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.budget import Budget
    from ..models.noop_step_resources import NoopStepResources
    from ..models.retry import Retry


T = TypeVar("T", bound="NoopStep")


@_attrs_define
class NoopStep:
    """Does nothing; measures what it costs to claim, record and complete a step.

    Attributes:
        name (str):
        kind (Literal['noop']):
        needs (list[str] | Unset):
        when (None | str | Unset):
        foreach (None | str | Unset):
        max_parallel (int | None | Unset):
        timeout_seconds (int | Unset):  Default: 300.
        retry (Retry | Unset): How often a step is tried in all, and after which failures; without `on`, after those
            that pass by themselves.

            Which names stand in `on` depends on the step: its kind's causes, and the codes of the tool that it runs.
        on_failure (None | RecoveryPolicy | Unset):
        budget (Budget | None | Unset):
        resources (NoopStepResources | Unset):
    """

    name: str
    kind: Literal["noop"]
    needs: list[str] | Unset = UNSET
    when: None | str | Unset = UNSET
    foreach: None | str | Unset = UNSET
    max_parallel: int | None | Unset = UNSET
    timeout_seconds: int | Unset = 300
    retry: Retry | Unset = UNSET
    on_failure: None | RecoveryPolicy | Unset = UNSET
    budget: Budget | None | Unset = UNSET
    resources: NoopStepResources | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.budget import Budget  # noqa: PLC0415

        name = self.name

        kind = self.kind

        needs: list[str] | Unset = UNSET
        if not isinstance(self.needs, Unset):
            needs = self.needs

        when: None | str | Unset
        if isinstance(self.when, Unset):
            when = UNSET
        else:
            when = self.when

        foreach: None | str | Unset
        if isinstance(self.foreach, Unset):
            foreach = UNSET
        else:
            foreach = self.foreach

        max_parallel: int | None | Unset
        if isinstance(self.max_parallel, Unset):
            max_parallel = UNSET
        else:
            max_parallel = self.max_parallel

        timeout_seconds = self.timeout_seconds

        retry: dict[str, Any] | Unset = UNSET
        if not isinstance(self.retry, Unset):
            retry = self.retry.to_dict()

        on_failure: None | str | Unset
        if isinstance(self.on_failure, Unset):
            on_failure = UNSET
        elif isinstance(self.on_failure, RecoveryPolicy):
            on_failure = self.on_failure.value
        else:
            on_failure = self.on_failure

        budget: dict[str, Any] | None | Unset
        if isinstance(self.budget, Unset):
            budget = UNSET
        elif isinstance(self.budget, Budget):
            budget = self.budget.to_dict()
        else:
            budget = self.budget

        resources: dict[str, Any] | Unset = UNSET
        if not isinstance(self.resources, Unset):
            resources = self.resources.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "kind": kind,
            }
        )
        if needs is not UNSET:
            field_dict["needs"] = needs
        if when is not UNSET:
            field_dict["when"] = when
        if foreach is not UNSET:
            field_dict["foreach"] = foreach
        if max_parallel is not UNSET:
            field_dict["max_parallel"] = max_parallel
        if timeout_seconds is not UNSET:
            field_dict["timeout_seconds"] = timeout_seconds
        if retry is not UNSET:
            field_dict["retry"] = retry
        if on_failure is not UNSET:
            field_dict["on_failure"] = on_failure
        if budget is not UNSET:
            field_dict["budget"] = budget
        if resources is not UNSET:
            field_dict["resources"] = resources

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.budget import Budget  # noqa: PLC0415
        from ..models.noop_step_resources import NoopStepResources  # noqa: PLC0415
        from ..models.retry import Retry  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        kind = cast(Literal["noop"], d.pop("kind"))
        if kind != "noop":
            raise ValueError(f"kind must match const 'noop', got '{kind}'")

        needs = cast(list[str], d.pop("needs", UNSET))

        def _parse_when(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        when = _parse_when(d.pop("when", UNSET))

        def _parse_foreach(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        foreach = _parse_foreach(d.pop("foreach", UNSET))

        def _parse_max_parallel(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_parallel = _parse_max_parallel(d.pop("max_parallel", UNSET))

        timeout_seconds = d.pop("timeout_seconds", UNSET)

        _retry = d.pop("retry", UNSET)
        retry: Retry | Unset
        if isinstance(_retry, Unset):
            retry = UNSET
        else:
            retry = Retry.from_dict(_retry)

        def _parse_on_failure(data: object) -> None | RecoveryPolicy | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                on_failure_type_0 = RecoveryPolicy(data)

                return on_failure_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RecoveryPolicy | Unset, data)

        on_failure = _parse_on_failure(d.pop("on_failure", UNSET))

        def _parse_budget(data: object) -> Budget | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                budget_type_0 = Budget.from_dict(data)

                return budget_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Budget | None | Unset, data)

        budget = _parse_budget(d.pop("budget", UNSET))

        _resources = d.pop("resources", UNSET)
        resources: NoopStepResources | Unset
        if isinstance(_resources, Unset):
            resources = UNSET
        else:
            resources = NoopStepResources.from_dict(_resources)

        noop_step = cls(
            name=name,
            kind=kind,
            needs=needs,
            when=when,
            foreach=foreach,
            max_parallel=max_parallel,
            timeout_seconds=timeout_seconds,
            retry=retry,
            on_failure=on_failure,
            budget=budget,
            resources=resources,
        )

        return noop_step
