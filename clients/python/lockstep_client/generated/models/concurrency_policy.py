from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.concurrency_policy_resources import ConcurrencyPolicyResources


T = TypeVar("T", bound="ConcurrencyPolicy")


@_attrs_define
class ConcurrencyPolicy:
    """What a tenant lets run at once, over all workers; None for no limit on its steps.

    `resources` are capacities by name: of the shipped resources, and of such as the tenant names itself.

        Attributes:
            steps (int | None | Unset):
            resources (ConcurrencyPolicyResources | Unset):
    """

    steps: int | None | Unset = UNSET
    resources: ConcurrencyPolicyResources | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        steps: int | None | Unset
        if isinstance(self.steps, Unset):
            steps = UNSET
        else:
            steps = self.steps

        resources: dict[str, Any] | Unset = UNSET
        if not isinstance(self.resources, Unset):
            resources = self.resources.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if steps is not UNSET:
            field_dict["steps"] = steps
        if resources is not UNSET:
            field_dict["resources"] = resources

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.concurrency_policy_resources import ConcurrencyPolicyResources  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_steps(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        steps = _parse_steps(d.pop("steps", UNSET))

        _resources = d.pop("resources", UNSET)
        resources: ConcurrencyPolicyResources | Unset
        if isinstance(_resources, Unset):
            resources = UNSET
        else:
            resources = ConcurrencyPolicyResources.from_dict(_resources)

        concurrency_policy = cls(
            steps=steps,
            resources=resources,
        )

        return concurrency_policy
