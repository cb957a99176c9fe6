from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.not_final import NotFinal

if TYPE_CHECKING:
    from ..models.statement_lines import StatementLines
    from ..models.statement_sums import StatementSums


T = TypeVar("T", bound="MonthlyStatement")


@_attrs_define
class MonthlyStatement:
    """What a month cost, as the ledger had it at `as_of`.

    Attributes:
        month (str):
        first_day (datetime.date):
        last_day (datetime.date):
        final (bool):
        not_final_because (list[NotFinal]):
        sums (StatementSums): `total_usd` is `charged_usd` and `corrected_usd` together, to the nano-dollar what the
            ledger has.
        uncorrected_bounds (int): attempts at their bound, since nobody has told yet what they used
        last_correction_at (datetime.datetime | None):
        tenant_id (UUID):
        tenant (str):
        time_zone (str):
        as_of (datetime.datetime):
        by_model (StatementLines): The dearest lines, and the sums of the others, if there are any.
        by_user (StatementLines): The dearest lines, and the sums of the others, if there are any.
        by_task (StatementLines): The dearest lines, and the sums of the others, if there are any.
        by_day (StatementLines): The dearest lines, and the sums of the others, if there are any.
    """

    month: str
    first_day: datetime.date
    last_day: datetime.date
    final: bool
    not_final_because: list[NotFinal]
    sums: StatementSums
    uncorrected_bounds: int
    last_correction_at: datetime.datetime | None
    tenant_id: UUID
    tenant: str
    time_zone: str
    as_of: datetime.datetime
    by_model: StatementLines
    by_user: StatementLines
    by_task: StatementLines
    by_day: StatementLines
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        month = self.month

        first_day = self.first_day.isoformat()

        last_day = self.last_day.isoformat()

        final = self.final

        not_final_because = []
        for not_final_because_item_data in self.not_final_because:
            not_final_because_item = not_final_because_item_data.value
            not_final_because.append(not_final_because_item)

        sums = self.sums.to_dict()

        uncorrected_bounds = self.uncorrected_bounds

        last_correction_at: None | str
        if isinstance(self.last_correction_at, datetime.datetime):
            last_correction_at = self.last_correction_at.isoformat()
        else:
            last_correction_at = self.last_correction_at

        tenant_id = str(self.tenant_id)

        tenant = self.tenant

        time_zone = self.time_zone

        as_of = self.as_of.isoformat()

        by_model = self.by_model.to_dict()

        by_user = self.by_user.to_dict()

        by_task = self.by_task.to_dict()

        by_day = self.by_day.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "month": month,
                "first_day": first_day,
                "last_day": last_day,
                "final": final,
                "not_final_because": not_final_because,
                "sums": sums,
                "uncorrected_bounds": uncorrected_bounds,
                "last_correction_at": last_correction_at,
                "tenant_id": tenant_id,
                "tenant": tenant,
                "time_zone": time_zone,
                "as_of": as_of,
                "by_model": by_model,
                "by_user": by_user,
                "by_task": by_task,
                "by_day": by_day,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.statement_lines import StatementLines  # noqa: PLC0415
        from ..models.statement_sums import StatementSums  # noqa: PLC0415

        d = dict(src_dict)
        month = d.pop("month")

        first_day = datetime.date.fromisoformat(d.pop("first_day"))

        last_day = datetime.date.fromisoformat(d.pop("last_day"))

        final = d.pop("final")

        not_final_because = []
        _not_final_because = d.pop("not_final_because")
        for not_final_because_item_data in _not_final_because:
            not_final_because_item = NotFinal(not_final_because_item_data)

            not_final_because.append(not_final_because_item)

        sums = StatementSums.from_dict(d.pop("sums"))

        uncorrected_bounds = d.pop("uncorrected_bounds")

        def _parse_last_correction_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                last_correction_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_correction_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_correction_at = _parse_last_correction_at(d.pop("last_correction_at"))

        tenant_id = UUID(d.pop("tenant_id"))

        tenant = d.pop("tenant")

        time_zone = d.pop("time_zone")

        as_of = datetime.datetime.fromisoformat(d.pop("as_of"))

        by_model = StatementLines.from_dict(d.pop("by_model"))

        by_user = StatementLines.from_dict(d.pop("by_user"))

        by_task = StatementLines.from_dict(d.pop("by_task"))

        by_day = StatementLines.from_dict(d.pop("by_day"))

        monthly_statement = cls(
            month=month,
            first_day=first_day,
            last_day=last_day,
            final=final,
            not_final_because=not_final_because,
            sums=sums,
            uncorrected_bounds=uncorrected_bounds,
            last_correction_at=last_correction_at,
            tenant_id=tenant_id,
            tenant=tenant,
            time_zone=time_zone,
            as_of=as_of,
            by_model=by_model,
            by_user=by_user,
            by_task=by_task,
            by_day=by_day,
        )

        monthly_statement.additional_properties = d
        return monthly_statement

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
