from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="TenantQuotas")


@_attrs_define
class TenantQuotas:
    """Of the tenant as a whole; `open_runs` are runs that are open at once.

    Attributes:
        runs_a_day (int | None | Unset):
        agent_turns_a_day (int | None | Unset):
        sandbox_seconds_a_day (int | None | Unset):
        stored_bytes (int | None | Unset):
        open_runs (int | None | Unset):
    """

    runs_a_day: int | None | Unset = UNSET
    agent_turns_a_day: int | None | Unset = UNSET
    sandbox_seconds_a_day: int | None | Unset = UNSET
    stored_bytes: int | None | Unset = UNSET
    open_runs: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        runs_a_day: int | None | Unset
        if isinstance(self.runs_a_day, Unset):
            runs_a_day = UNSET
        else:
            runs_a_day = self.runs_a_day

        agent_turns_a_day: int | None | Unset
        if isinstance(self.agent_turns_a_day, Unset):
            agent_turns_a_day = UNSET
        else:
            agent_turns_a_day = self.agent_turns_a_day

        sandbox_seconds_a_day: int | None | Unset
        if isinstance(self.sandbox_seconds_a_day, Unset):
            sandbox_seconds_a_day = UNSET
        else:
            sandbox_seconds_a_day = self.sandbox_seconds_a_day

        stored_bytes: int | None | Unset
        if isinstance(self.stored_bytes, Unset):
            stored_bytes = UNSET
        else:
            stored_bytes = self.stored_bytes

        open_runs: int | None | Unset
        if isinstance(self.open_runs, Unset):
            open_runs = UNSET
        else:
            open_runs = self.open_runs

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if runs_a_day is not UNSET:
            field_dict["runs_a_day"] = runs_a_day
        if agent_turns_a_day is not UNSET:
            field_dict["agent_turns_a_day"] = agent_turns_a_day
        if sandbox_seconds_a_day is not UNSET:
            field_dict["sandbox_seconds_a_day"] = sandbox_seconds_a_day
        if stored_bytes is not UNSET:
            field_dict["stored_bytes"] = stored_bytes
        if open_runs is not UNSET:
            field_dict["open_runs"] = open_runs

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_runs_a_day(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        runs_a_day = _parse_runs_a_day(d.pop("runs_a_day", UNSET))

        def _parse_agent_turns_a_day(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        agent_turns_a_day = _parse_agent_turns_a_day(d.pop("agent_turns_a_day", UNSET))

        def _parse_sandbox_seconds_a_day(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        sandbox_seconds_a_day = _parse_sandbox_seconds_a_day(d.pop("sandbox_seconds_a_day", UNSET))

        def _parse_stored_bytes(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        stored_bytes = _parse_stored_bytes(d.pop("stored_bytes", UNSET))

        def _parse_open_runs(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        open_runs = _parse_open_runs(d.pop("open_runs", UNSET))

        tenant_quotas = cls(
            runs_a_day=runs_a_day,
            agent_turns_a_day=agent_turns_a_day,
            sandbox_seconds_a_day=sandbox_seconds_a_day,
            stored_bytes=stored_bytes,
            open_runs=open_runs,
        )

        return tenant_quotas
