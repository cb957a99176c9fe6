from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.worker_status import WorkerStatus

if TYPE_CHECKING:
    from ..models.worker_breaker_view import WorkerBreakerView


T = TypeVar("T", bound="WorkerView")


@_attrs_define
class WorkerView:
    """A worker as it was when it was seen last, some seconds ago.

    Attributes:
        id (str): as events of runs name it
        status (WorkerStatus): What a worker does with new work.
        since (datetime.datetime):
        seen_at (datetime.datetime):
        running (int): steps that it held: all for an operator, a tenant's own for its administrators
        concurrency (int | None): slots that it has; only an operator sees them
        breakers (list[WorkerBreakerView] | None): that are not closed; only an operator sees them
    """

    id: str
    status: WorkerStatus
    since: datetime.datetime
    seen_at: datetime.datetime
    running: int
    concurrency: int | None
    breakers: list[WorkerBreakerView] | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        status = self.status.value

        since = self.since.isoformat()

        seen_at = self.seen_at.isoformat()

        running = self.running

        concurrency: int | None
        concurrency = self.concurrency

        breakers: list[dict[str, Any]] | None
        if isinstance(self.breakers, list):
            breakers = []
            for breakers_type_0_item_data in self.breakers:
                breakers_type_0_item = breakers_type_0_item_data.to_dict()
                breakers.append(breakers_type_0_item)

        else:
            breakers = self.breakers

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "status": status,
                "since": since,
                "seen_at": seen_at,
                "running": running,
                "concurrency": concurrency,
                "breakers": breakers,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.worker_breaker_view import WorkerBreakerView  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        status = WorkerStatus(d.pop("status"))

        since = datetime.datetime.fromisoformat(d.pop("since"))

        seen_at = datetime.datetime.fromisoformat(d.pop("seen_at"))

        running = d.pop("running")

        def _parse_concurrency(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        concurrency = _parse_concurrency(d.pop("concurrency"))

        def _parse_breakers(data: object) -> list[WorkerBreakerView] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                breakers_type_0 = []
                _breakers_type_0 = data
                for breakers_type_0_item_data in _breakers_type_0:
                    breakers_type_0_item = WorkerBreakerView.from_dict(breakers_type_0_item_data)

                    breakers_type_0.append(breakers_type_0_item)

                return breakers_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[WorkerBreakerView] | None, data)

        breakers = _parse_breakers(d.pop("breakers"))

        worker_view = cls(
            id=id,
            status=status,
            since=since,
            seen_at=seen_at,
            running=running,
            concurrency=concurrency,
            breakers=breakers,
        )

        worker_view.additional_properties = d
        return worker_view

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
