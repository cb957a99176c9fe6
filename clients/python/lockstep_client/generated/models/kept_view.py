from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.content_kind import ContentKind
from ..models.kept_by import KeptBy

T = TypeVar("T", bound="KeptView")


@_attrs_define
class KeptView:
    """For how long one kind of content is kept.

    Attributes:
        content (ContentKind): What of a run expires by itself.
        days (int | None): after the end of a run; null for as long as the run is there
        set_by (KeptBy | None): whose number it is: the tenant's own, or the operator's bound
    """

    content: ContentKind
    days: int | None
    set_by: KeptBy | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        content = self.content.value

        days: int | None
        days = self.days

        set_by: None | str
        if isinstance(self.set_by, KeptBy):
            set_by = self.set_by.value
        else:
            set_by = self.set_by

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "content": content,
                "days": days,
                "set_by": set_by,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        content = ContentKind(d.pop("content"))

        def _parse_days(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        days = _parse_days(d.pop("days"))

        def _parse_set_by(data: object) -> KeptBy | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                set_by_type_0 = KeptBy(data)

                return set_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(KeptBy | None, data)

        set_by = _parse_set_by(d.pop("set_by"))

        kept_view = cls(
            content=content,
            days=days,
            set_by=set_by,
        )

        kept_view.additional_properties = d
        return kept_view

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
