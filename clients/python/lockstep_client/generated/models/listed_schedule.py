from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.catch_up import CatchUp
from ..models.overlap import Overlap
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.listed_schedule_input_type_0 import ListedScheduleInputType0


T = TypeVar("T", bound="ListedSchedule")


@_attrs_define
class ListedSchedule:
    """A schedule as lists show it, its input where `fields` names it.

    Of a list: the members that `fields` names, or those that it shows anyway.

        Attributes:
            id (UUID):
            name (str | Unset):
            task_id (UUID | Unset):
            task_version (int | None | Unset):
            input_ (ListedScheduleInputType0 | None | Unset): null for who may not read schedules, as `last_firings` is
            cron (None | str | Unset):
            every_seconds (int | None | Unset):
            at (datetime.datetime | None | Unset):
            time_zone (str | Unset):
            overlap (Overlap | Unset): What a firing does while a run of the same schedule is open.
            catch_up (CatchUp | Unset): Which firings are made up for that nobody could attend to in time.
            jitter_seconds (int | Unset):
            paused (bool | Unset):
            runs_as (UUID | Unset): with whose rights, and at whose budget, its runs start: who changed it last
            next_at (datetime.datetime | None | Unset): when it fires next, without jitter; null while paused, or for good
            failures (int | Unset): in a row: runs that did not complete, firings that somebody has to mend
            failing_since (datetime.datetime | None | Unset):
            created_by (None | Unset | UUID):
            by_key (None | Unset | UUID): the key with which it was made, or last changed
            created_at (datetime.datetime | Unset):
            updated_at (datetime.datetime | Unset):
            version (int | Unset):
    """

    id: UUID
    name: str | Unset = UNSET
    task_id: UUID | Unset = UNSET
    task_version: int | None | Unset = UNSET
    input_: ListedScheduleInputType0 | None | Unset = UNSET
    cron: None | str | Unset = UNSET
    every_seconds: int | None | Unset = UNSET
    at: datetime.datetime | None | Unset = UNSET
    time_zone: str | Unset = UNSET
    overlap: Overlap | Unset = UNSET
    catch_up: CatchUp | Unset = UNSET
    jitter_seconds: int | Unset = UNSET
    paused: bool | Unset = UNSET
    runs_as: UUID | Unset = UNSET
    next_at: datetime.datetime | None | Unset = UNSET
    failures: int | Unset = UNSET
    failing_since: datetime.datetime | None | Unset = UNSET
    created_by: None | Unset | UUID = UNSET
    by_key: None | Unset | UUID = UNSET
    created_at: datetime.datetime | Unset = UNSET
    updated_at: datetime.datetime | Unset = UNSET
    version: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.listed_schedule_input_type_0 import ListedScheduleInputType0  # noqa: PLC0415

        id = str(self.id)

        name = self.name

        task_id: str | Unset = UNSET
        if not isinstance(self.task_id, Unset):
            task_id = str(self.task_id)

        task_version: int | None | Unset
        if isinstance(self.task_version, Unset):
            task_version = UNSET
        else:
            task_version = self.task_version

        input_: dict[str, Any] | None | Unset
        if isinstance(self.input_, Unset):
            input_ = UNSET
        elif isinstance(self.input_, ListedScheduleInputType0):
            input_ = self.input_.to_dict()
        else:
            input_ = self.input_

        cron: None | str | Unset
        if isinstance(self.cron, Unset):
            cron = UNSET
        else:
            cron = self.cron

        every_seconds: int | None | Unset
        if isinstance(self.every_seconds, Unset):
            every_seconds = UNSET
        else:
            every_seconds = self.every_seconds

        at: None | str | Unset
        if isinstance(self.at, Unset):
            at = UNSET
        elif isinstance(self.at, datetime.datetime):
            at = self.at.isoformat()
        else:
            at = self.at

        time_zone = self.time_zone

        overlap: str | Unset = UNSET
        if not isinstance(self.overlap, Unset):
            overlap = self.overlap.value

        catch_up: str | Unset = UNSET
        if not isinstance(self.catch_up, Unset):
            catch_up = self.catch_up.value

        jitter_seconds = self.jitter_seconds

        paused = self.paused

        runs_as: str | Unset = UNSET
        if not isinstance(self.runs_as, Unset):
            runs_as = str(self.runs_as)

        next_at: None | str | Unset
        if isinstance(self.next_at, Unset):
            next_at = UNSET
        elif isinstance(self.next_at, datetime.datetime):
            next_at = self.next_at.isoformat()
        else:
            next_at = self.next_at

        failures = self.failures

        failing_since: None | str | Unset
        if isinstance(self.failing_since, Unset):
            failing_since = UNSET
        elif isinstance(self.failing_since, datetime.datetime):
            failing_since = self.failing_since.isoformat()
        else:
            failing_since = self.failing_since

        created_by: None | str | Unset
        if isinstance(self.created_by, Unset):
            created_by = UNSET
        elif isinstance(self.created_by, UUID):
            created_by = str(self.created_by)
        else:
            created_by = self.created_by

        by_key: None | str | Unset
        if isinstance(self.by_key, Unset):
            by_key = UNSET
        elif isinstance(self.by_key, UUID):
            by_key = str(self.by_key)
        else:
            by_key = self.by_key

        created_at: str | Unset = UNSET
        if not isinstance(self.created_at, Unset):
            created_at = self.created_at.isoformat()

        updated_at: str | Unset = UNSET
        if not isinstance(self.updated_at, Unset):
            updated_at = self.updated_at.isoformat()

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
            }
        )
        if name is not UNSET:
            field_dict["name"] = name
        if task_id is not UNSET:
            field_dict["task_id"] = task_id
        if task_version is not UNSET:
            field_dict["task_version"] = task_version
        if input_ is not UNSET:
            field_dict["input"] = input_
        if cron is not UNSET:
            field_dict["cron"] = cron
        if every_seconds is not UNSET:
            field_dict["every_seconds"] = every_seconds
        if at is not UNSET:
            field_dict["at"] = at
        if time_zone is not UNSET:
            field_dict["time_zone"] = time_zone
        if overlap is not UNSET:
            field_dict["overlap"] = overlap
        if catch_up is not UNSET:
            field_dict["catch_up"] = catch_up
        if jitter_seconds is not UNSET:
            field_dict["jitter_seconds"] = jitter_seconds
        if paused is not UNSET:
            field_dict["paused"] = paused
        if runs_as is not UNSET:
            field_dict["runs_as"] = runs_as
        if next_at is not UNSET:
            field_dict["next_at"] = next_at
        if failures is not UNSET:
            field_dict["failures"] = failures
        if failing_since is not UNSET:
            field_dict["failing_since"] = failing_since
        if created_by is not UNSET:
            field_dict["created_by"] = created_by
        if by_key is not UNSET:
            field_dict["by_key"] = by_key
        if created_at is not UNSET:
            field_dict["created_at"] = created_at
        if updated_at is not UNSET:
            field_dict["updated_at"] = updated_at
        if version is not UNSET:
            field_dict["version"] = version

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.listed_schedule_input_type_0 import ListedScheduleInputType0  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name", UNSET)

        _task_id = d.pop("task_id", UNSET)
        task_id: UUID | Unset
        if isinstance(_task_id, Unset):
            task_id = UNSET
        else:
            task_id = UUID(_task_id)

        def _parse_task_version(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        task_version = _parse_task_version(d.pop("task_version", UNSET))

        def _parse_input_(data: object) -> ListedScheduleInputType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                input_type_0 = ListedScheduleInputType0.from_dict(data)

                return input_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ListedScheduleInputType0 | None | Unset, data)

        input_ = _parse_input_(d.pop("input", UNSET))

        def _parse_cron(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        cron = _parse_cron(d.pop("cron", UNSET))

        def _parse_every_seconds(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        every_seconds = _parse_every_seconds(d.pop("every_seconds", UNSET))

        def _parse_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                at_type_0 = datetime.datetime.fromisoformat(data)

                return at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        at = _parse_at(d.pop("at", UNSET))

        time_zone = d.pop("time_zone", UNSET)

        _overlap = d.pop("overlap", UNSET)
        overlap: Overlap | Unset
        if isinstance(_overlap, Unset):
            overlap = UNSET
        else:
            overlap = Overlap(_overlap)

        _catch_up = d.pop("catch_up", UNSET)
        catch_up: CatchUp | Unset
        if isinstance(_catch_up, Unset):
            catch_up = UNSET
        else:
            catch_up = CatchUp(_catch_up)

        jitter_seconds = d.pop("jitter_seconds", UNSET)

        paused = d.pop("paused", UNSET)

        _runs_as = d.pop("runs_as", UNSET)
        runs_as: UUID | Unset
        if isinstance(_runs_as, Unset):
            runs_as = UNSET
        else:
            runs_as = UUID(_runs_as)

        def _parse_next_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                next_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        next_at = _parse_next_at(d.pop("next_at", UNSET))

        failures = d.pop("failures", UNSET)

        def _parse_failing_since(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                failing_since_type_0 = datetime.datetime.fromisoformat(data)

                return failing_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        failing_since = _parse_failing_since(d.pop("failing_since", UNSET))

        def _parse_created_by(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                created_by_type_0 = UUID(data)

                return created_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        created_by = _parse_created_by(d.pop("created_by", UNSET))

        def _parse_by_key(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                by_key_type_0 = UUID(data)

                return by_key_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        by_key = _parse_by_key(d.pop("by_key", UNSET))

        _created_at = d.pop("created_at", UNSET)
        created_at: datetime.datetime | Unset
        if isinstance(_created_at, Unset):
            created_at = UNSET
        else:
            created_at = datetime.datetime.fromisoformat(_created_at)

        _updated_at = d.pop("updated_at", UNSET)
        updated_at: datetime.datetime | Unset
        if isinstance(_updated_at, Unset):
            updated_at = UNSET
        else:
            updated_at = datetime.datetime.fromisoformat(_updated_at)

        version = d.pop("version", UNSET)

        listed_schedule = cls(
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
        )

        listed_schedule.additional_properties = d
        return listed_schedule

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
