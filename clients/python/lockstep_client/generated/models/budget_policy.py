from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.bounds import Bounds
    from ..models.redis_away import RedisAway


T = TypeVar("T", bound="BudgetPolicy")


@_attrs_define
class BudgetPolicy:
    """Members of a tenant's settings; null means the default: strict bounds, and no call is admitted without Redis.

    Attributes:
        bounds (Bounds | None | Unset):
        redis_away (None | RedisAway | Unset):
    """

    bounds: Bounds | None | Unset = UNSET
    redis_away: None | RedisAway | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.bounds import Bounds  # noqa: PLC0415
        from ..models.redis_away import RedisAway  # noqa: PLC0415

        bounds: dict[str, Any] | None | Unset
        if isinstance(self.bounds, Unset):
            bounds = UNSET
        elif isinstance(self.bounds, Bounds):
            bounds = self.bounds.to_dict()
        else:
            bounds = self.bounds

        redis_away: dict[str, Any] | None | Unset
        if isinstance(self.redis_away, Unset):
            redis_away = UNSET
        elif isinstance(self.redis_away, RedisAway):
            redis_away = self.redis_away.to_dict()
        else:
            redis_away = self.redis_away

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if bounds is not UNSET:
            field_dict["bounds"] = bounds
        if redis_away is not UNSET:
            field_dict["redis_away"] = redis_away

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.bounds import Bounds  # noqa: PLC0415
        from ..models.redis_away import RedisAway  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_bounds(data: object) -> Bounds | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                bounds_type_0 = Bounds.from_dict(data)

                return bounds_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Bounds | None | Unset, data)

        bounds = _parse_bounds(d.pop("bounds", UNSET))

        def _parse_redis_away(data: object) -> None | RedisAway | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                redis_away_type_0 = RedisAway.from_dict(data)

                return redis_away_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RedisAway | Unset, data)

        redis_away = _parse_redis_away(d.pop("redis_away", UNSET))

        budget_policy = cls(
            bounds=bounds,
            redis_away=redis_away,
        )

        return budget_policy
