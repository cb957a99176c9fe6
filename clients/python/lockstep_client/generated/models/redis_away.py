from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.away_policy import AwayPolicy
from ..types import UNSET, Unset

T = TypeVar("T", bound="RedisAway")


@_attrs_define
class RedisAway:
    """What is admitted while Redis is away; the allowance is shared by all gateways.

    Attributes:
        policy (AwayPolicy | Unset): What becomes of calls while Redis, which counts the budgets, cannot be asked.
        tokens (int | None | Unset):
        usd (None | str | Unset):
    """

    policy: AwayPolicy | Unset = UNSET
    tokens: int | None | Unset = UNSET
    usd: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        policy: str | Unset = UNSET
        if not isinstance(self.policy, Unset):
            policy = self.policy.value

        tokens: int | None | Unset
        if isinstance(self.tokens, Unset):
            tokens = UNSET
        else:
            tokens = self.tokens

        usd: None | str | Unset
        if isinstance(self.usd, Unset):
            usd = UNSET
        else:
            usd = self.usd

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if policy is not UNSET:
            field_dict["policy"] = policy
        if tokens is not UNSET:
            field_dict["tokens"] = tokens
        if usd is not UNSET:
            field_dict["usd"] = usd

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _policy = d.pop("policy", UNSET)
        policy: AwayPolicy | Unset
        if isinstance(_policy, Unset):
            policy = UNSET
        else:
            policy = AwayPolicy(_policy)

        def _parse_tokens(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        tokens = _parse_tokens(d.pop("tokens", UNSET))

        def _parse_usd(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        usd = _parse_usd(d.pop("usd", UNSET))

        redis_away = cls(
            policy=policy,
            tokens=tokens,
            usd=usd,
        )

        return redis_away
