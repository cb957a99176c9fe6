from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..models.catch_up import CatchUp
from ..models.overlap import Overlap
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.new_schedule_input import NewScheduleInput


T = TypeVar("T", bound="NewSchedule")


@_attrs_define
class NewSchedule:
    """What is started, and when: exactly one of `cron`, `every_seconds` and `at`.

    Attributes:
        name (str):
        task_id (UUID):
        task_version (int | None | Unset): null for the newest at each firing
        input_ (NewScheduleInput | Unset):
        cron (None | str | Unset):
        every_seconds (int | None | Unset):
        at (datetime.datetime | None | Unset):
        time_zone (None | str | Unset): null for the tenant's
        overlap (Overlap | Unset): What a firing does while a run of the same schedule is open.
        catch_up (CatchUp | Unset): Which firings are made up for that nobody could attend to in time.
        jitter_seconds (int | Unset): how much later than its time a firing starts at most Default: 0.
        paused (bool | Unset):  Default: False.
    """

    name: str
    task_id: UUID
    task_version: int | None | Unset = UNSET
    input_: NewScheduleInput | Unset = UNSET
    cron: None | str | Unset = UNSET
    every_seconds: int | None | Unset = UNSET
    at: datetime.datetime | None | Unset = UNSET
    time_zone: None | str | Unset = UNSET
    overlap: Overlap | Unset = UNSET
    catch_up: CatchUp | Unset = UNSET
    jitter_seconds: int | Unset = 0
    paused: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        task_id = str(self.task_id)

        task_version: int | None | Unset
        if isinstance(self.task_version, Unset):
            task_version = UNSET
        else:
            task_version = self.task_version

        input_: dict[str, Any] | Unset = UNSET
        if not isinstance(self.input_, Unset):
            input_ = self.input_.to_dict()

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

        time_zone: None | str | Unset
        if isinstance(self.time_zone, Unset):
            time_zone = UNSET
        else:
            time_zone = self.time_zone

        overlap: str | Unset = UNSET
        if not isinstance(self.overlap, Unset):
            overlap = self.overlap.value

        catch_up: str | Unset = UNSET
        if not isinstance(self.catch_up, Unset):
            catch_up = self.catch_up.value

        jitter_seconds = self.jitter_seconds

        paused = self.paused

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "task_id": task_id,
            }
        )
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

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_schedule_input import NewScheduleInput  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        task_id = UUID(d.pop("task_id"))

        def _parse_task_version(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        task_version = _parse_task_version(d.pop("task_version", UNSET))

        _input_ = d.pop("input", UNSET)
        input_: NewScheduleInput | Unset
        if isinstance(_input_, Unset):
            input_ = UNSET
        else:
            input_ = NewScheduleInput.from_dict(_input_)

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

        def _parse_time_zone(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        time_zone = _parse_time_zone(d.pop("time_zone", UNSET))

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

        new_schedule = cls(
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
        )

        return new_schedule
