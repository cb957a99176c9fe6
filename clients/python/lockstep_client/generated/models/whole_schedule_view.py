from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.catch_up import CatchUp
from ..models.overlap import Overlap

if TYPE_CHECKING:
    from ..models.firing_view import FiringView
    from ..models.whole_schedule_view_input_type_0 import WholeScheduleViewInputType0


T = TypeVar("T", bound="WholeScheduleView")


@_attrs_define
class WholeScheduleView:
    """A schedule with its next firings and its last ones.

    Attributes:
        id (UUID):
        name (str):
        task_id (UUID):
        task_version (int | None):
        input_ (None | WholeScheduleViewInputType0): null for who may not read schedules, as `last_firings` is
        cron (None | str):
        every_seconds (int | None):
        at (datetime.datetime | None):
        time_zone (str):
        overlap (Overlap): What a firing does while a run of the same schedule is open.
        catch_up (CatchUp): Which firings are made up for that nobody could attend to in time.
        jitter_seconds (int):
        paused (bool):
        runs_as (UUID): with whose rights, and at whose budget, its runs start: who changed it last
        next_at (datetime.datetime | None): when it fires next, without jitter; null while paused, or for good
        failures (int): in a row: runs that did not complete, firings that somebody has to mend
        failing_since (datetime.datetime | None):
        created_by (None | UUID):
        by_key (None | UUID): the key with which it was made, or last changed
        created_at (datetime.datetime):
        updated_at (datetime.datetime):
        version (int):
        next_firings (list[datetime.datetime]): the first few, without jitter
        last_firings (list[FiringView] | None): the last few; `/firings` lists all
    """

    id: UUID
    name: str
    task_id: UUID
    task_version: int | None
    input_: None | WholeScheduleViewInputType0
    cron: None | str
    every_seconds: int | None
    at: datetime.datetime | None
    time_zone: str
    overlap: Overlap
    catch_up: CatchUp
    jitter_seconds: int
    paused: bool
    runs_as: UUID
    next_at: datetime.datetime | None
    failures: int
    failing_since: datetime.datetime | None
    created_by: None | UUID
    by_key: None | UUID
    created_at: datetime.datetime
    updated_at: datetime.datetime
    version: int
    next_firings: list[datetime.datetime]
    last_firings: list[FiringView] | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.whole_schedule_view_input_type_0 import (
            WholeScheduleViewInputType0,  # noqa: PLC0415
        )

        id = str(self.id)

        name = self.name

        task_id = str(self.task_id)

        task_version: int | None
        task_version = self.task_version

        input_: dict[str, Any] | None
        if isinstance(self.input_, WholeScheduleViewInputType0):
            input_ = self.input_.to_dict()
        else:
            input_ = self.input_

        cron: None | str
        cron = self.cron

        every_seconds: int | None
        every_seconds = self.every_seconds

        at: None | str
        if isinstance(self.at, datetime.datetime):
            at = self.at.isoformat()
        else:
            at = self.at

        time_zone = self.time_zone

        overlap = self.overlap.value

        catch_up = self.catch_up.value

        jitter_seconds = self.jitter_seconds

        paused = self.paused

        runs_as = str(self.runs_as)

        next_at: None | str
        if isinstance(self.next_at, datetime.datetime):
            next_at = self.next_at.isoformat()
        else:
            next_at = self.next_at

        failures = self.failures

        failing_since: None | str
        if isinstance(self.failing_since, datetime.datetime):
            failing_since = self.failing_since.isoformat()
        else:
            failing_since = self.failing_since

        created_by: None | str
        if isinstance(self.created_by, UUID):
            created_by = str(self.created_by)
        else:
            created_by = self.created_by

        by_key: None | str
        if isinstance(self.by_key, UUID):
            by_key = str(self.by_key)
        else:
            by_key = self.by_key

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        version = self.version

        next_firings = []
        for next_firings_item_data in self.next_firings:
            next_firings_item = next_firings_item_data.isoformat()
            next_firings.append(next_firings_item)

        last_firings: list[dict[str, Any]] | None
        if isinstance(self.last_firings, list):
            last_firings = []
            for last_firings_type_0_item_data in self.last_firings:
                last_firings_type_0_item = last_firings_type_0_item_data.to_dict()
                last_firings.append(last_firings_type_0_item)

        else:
            last_firings = self.last_firings

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "task_id": task_id,
                "task_version": task_version,
                "input": input_,
                "cron": cron,
                "every_seconds": every_seconds,
                "at": at,
                "time_zone": time_zone,
                "overlap": overlap,
                "catch_up": catch_up,
                "jitter_seconds": jitter_seconds,
                "paused": paused,
                "runs_as": runs_as,
                "next_at": next_at,
                "failures": failures,
                "failing_since": failing_since,
                "created_by": created_by,
                "by_key": by_key,
                "created_at": created_at,
                "updated_at": updated_at,
                "version": version,
                "next_firings": next_firings,
                "last_firings": last_firings,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.firing_view import FiringView  # noqa: PLC0415
        from ..models.whole_schedule_view_input_type_0 import (
            WholeScheduleViewInputType0,  # noqa: PLC0415
        )

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        task_id = UUID(d.pop("task_id"))

        def _parse_task_version(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        task_version = _parse_task_version(d.pop("task_version"))

        def _parse_input_(data: object) -> None | WholeScheduleViewInputType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                input_type_0 = WholeScheduleViewInputType0.from_dict(data)

                return input_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | WholeScheduleViewInputType0, data)

        input_ = _parse_input_(d.pop("input"))

        def _parse_cron(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cron = _parse_cron(d.pop("cron"))

        def _parse_every_seconds(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        every_seconds = _parse_every_seconds(d.pop("every_seconds"))

        def _parse_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                at_type_0 = datetime.datetime.fromisoformat(data)

                return at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        at = _parse_at(d.pop("at"))

        time_zone = d.pop("time_zone")

        overlap = Overlap(d.pop("overlap"))

        catch_up = CatchUp(d.pop("catch_up"))

        jitter_seconds = d.pop("jitter_seconds")

        paused = d.pop("paused")

        runs_as = UUID(d.pop("runs_as"))

        def _parse_next_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                next_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_at = _parse_next_at(d.pop("next_at"))

        failures = d.pop("failures")

        def _parse_failing_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                failing_since_type_0 = datetime.datetime.fromisoformat(data)

                return failing_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        failing_since = _parse_failing_since(d.pop("failing_since"))

        def _parse_created_by(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                created_by_type_0 = UUID(data)

                return created_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        created_by = _parse_created_by(d.pop("created_by"))

        def _parse_by_key(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                by_key_type_0 = UUID(data)

                return by_key_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        by_key = _parse_by_key(d.pop("by_key"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        version = d.pop("version")

        next_firings = []
        _next_firings = d.pop("next_firings")
        for next_firings_item_data in _next_firings:
            next_firings_item = datetime.datetime.fromisoformat(next_firings_item_data)

            next_firings.append(next_firings_item)

        def _parse_last_firings(data: object) -> list[FiringView] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                last_firings_type_0 = []
                _last_firings_type_0 = data
                for last_firings_type_0_item_data in _last_firings_type_0:
                    last_firings_type_0_item = FiringView.from_dict(last_firings_type_0_item_data)

                    last_firings_type_0.append(last_firings_type_0_item)

                return last_firings_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[FiringView] | None, data)

        last_firings = _parse_last_firings(d.pop("last_firings"))

        whole_schedule_view = cls(
            id=id,
            name=name,
            task_id=task_id,
            task_version=task_version,
            input_=input_,
            cron=cron,
            every_seconds=every_seconds,
            at=at,
            time_zone=time_zone,
            overlap=overlap,
            catch_up=catch_up,
            jitter_seconds=jitter_seconds,
            paused=paused,
            runs_as=runs_as,
            next_at=next_at,
            failures=failures,
            failing_since=failing_since,
            created_by=created_by,
            by_key=by_key,
            created_at=created_at,
            updated_at=updated_at,
            version=version,
            next_firings=next_firings,
            last_firings=last_firings,
        )

        whole_schedule_view.additional_properties = d
        return whole_schedule_view

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
