from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.ended_by import EndedBy
from ..models.stall_cause import StallCause
from ..models.wait_reason import WaitReason

if TYPE_CHECKING:
    from ..models.root_cause_error_type_0 import RootCauseErrorType0


T = TypeVar("T", bound="RootCause")


@_attrs_define
class RootCause:
    """One root cause for which a step, or the run itself, does not move: found where it is, not where it is felt.

    Attributes:
        cause (EndedBy | StallCause | WaitReason): what a step waits for, as in `waits`; or what is wrong, such as
            `needs_miscounted`; or of a run that has ended, `failed` and `stopped`
        step (None | str): the step at which the cause is; null for the run itself
        since (datetime.datetime | None):
        detail (str):
        remedy (None | str): what ends it, where somebody must act
        error (None | RootCauseErrorType0): of a step that failed, its error
    """

    cause: EndedBy | StallCause | WaitReason
    step: None | str
    since: datetime.datetime | None
    detail: str
    remedy: None | str
    error: None | RootCauseErrorType0
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.root_cause_error_type_0 import RootCauseErrorType0  # noqa: PLC0415

        cause: str
        if isinstance(self.cause, WaitReason):
            cause = self.cause.value
        elif isinstance(self.cause, StallCause):
            cause = self.cause.value
        else:
            cause = self.cause.value

        step: None | str
        step = self.step

        since: None | str
        if isinstance(self.since, datetime.datetime):
            since = self.since.isoformat()
        else:
            since = self.since

        detail = self.detail

        remedy: None | str
        remedy = self.remedy

        error: dict[str, Any] | None
        if isinstance(self.error, RootCauseErrorType0):
            error = self.error.to_dict()
        else:
            error = self.error

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "cause": cause,
                "step": step,
                "since": since,
                "detail": detail,
                "remedy": remedy,
                "error": error,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.root_cause_error_type_0 import RootCauseErrorType0  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_cause(data: object) -> EndedBy | StallCause | WaitReason:
            errors: list[Exception] = []
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                cause_type_0 = WaitReason(data)

                return cause_type_0
            except (TypeError, ValueError, AttributeError, KeyError) as error:
                errors.append(error)
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                cause_type_1 = StallCause(data)

                return cause_type_1
            except (TypeError, ValueError, AttributeError, KeyError) as error:
                errors.append(error)
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                cause_type_2 = EndedBy(data)

                return cause_type_2
            except (TypeError, ValueError, AttributeError, KeyError) as error:
                errors.append(error)
            for told in errors:
                if isinstance(told, KeyError) or (str(told) and "must match const" not in str(told)):
                    raise told
            raise ValueError("; ".join(map(str, errors)))

        cause = _parse_cause(d.pop("cause"))

        def _parse_step(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        step = _parse_step(d.pop("step"))

        def _parse_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                since_type_0 = datetime.datetime.fromisoformat(data)

                return since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        since = _parse_since(d.pop("since"))

        detail = d.pop("detail")

        def _parse_remedy(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        remedy = _parse_remedy(d.pop("remedy"))

        def _parse_error(data: object) -> None | RootCauseErrorType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                error_type_0 = RootCauseErrorType0.from_dict(data)

                return error_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RootCauseErrorType0, data)

        error = _parse_error(d.pop("error"))

        root_cause = cls(
            cause=cause,
            step=step,
            since=since,
            detail=detail,
            remedy=remedy,
            error=error,
        )

        root_cause.additional_properties = d
        return root_cause

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
