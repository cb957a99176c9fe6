from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ScopeRates")


@_attrs_define
class ScopeRates:
    """The limits of one scope; None for no limit.

    Attributes:
        requests_a_minute (int | None | Unset):
        request_burst (int | Unset):  Default: 0.
        tokens_a_minute (int | None | Unset):
        token_burst (int | Unset):  Default: 0.
        at_once (int | None | Unset):
    """

    requests_a_minute: int | None | Unset = UNSET
    request_burst: int | Unset = 0
    tokens_a_minute: int | None | Unset = UNSET
    token_burst: int | Unset = 0
    at_once: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        requests_a_minute: int | None | Unset
        if isinstance(self.requests_a_minute, Unset):
            requests_a_minute = UNSET
        else:
            requests_a_minute = self.requests_a_minute

        request_burst = self.request_burst

        tokens_a_minute: int | None | Unset
        if isinstance(self.tokens_a_minute, Unset):
            tokens_a_minute = UNSET
        else:
            tokens_a_minute = self.tokens_a_minute

        token_burst = self.token_burst

        at_once: int | None | Unset
        if isinstance(self.at_once, Unset):
            at_once = UNSET
        else:
            at_once = self.at_once

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if requests_a_minute is not UNSET:
            field_dict["requests_a_minute"] = requests_a_minute
        if request_burst is not UNSET:
            field_dict["request_burst"] = request_burst
        if tokens_a_minute is not UNSET:
            field_dict["tokens_a_minute"] = tokens_a_minute
        if token_burst is not UNSET:
            field_dict["token_burst"] = token_burst
        if at_once is not UNSET:
            field_dict["at_once"] = at_once

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_requests_a_minute(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        requests_a_minute = _parse_requests_a_minute(d.pop("requests_a_minute", UNSET))

        request_burst = d.pop("request_burst", UNSET)

        def _parse_tokens_a_minute(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        tokens_a_minute = _parse_tokens_a_minute(d.pop("tokens_a_minute", UNSET))

        token_burst = d.pop("token_burst", UNSET)

        def _parse_at_once(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        at_once = _parse_at_once(d.pop("at_once", UNSET))

        scope_rates = cls(
            requests_a_minute=requests_a_minute,
            request_burst=request_burst,
            tokens_a_minute=tokens_a_minute,
            token_burst=token_burst,
            at_once=at_once,
        )

        return scope_rates
