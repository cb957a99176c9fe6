from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.attempt_reason import AttemptReason
from ..models.bound_kind import BoundKind
from ..models.dialect import Dialect
from ..models.ledger_kind import LedgerKind
from ..models.ledger_status import LedgerStatus
from ..models.usage_source import UsageSource

if TYPE_CHECKING:
    from ..models.tokens import Tokens


T = TypeVar("T", bound="EventView")


@_attrs_define
class EventView:
    """One attempt, or one later correction of it: the amounts of an adjustment are differences.

    Attributes:
        id (UUID):
        kind (LedgerKind): What a row is of.
        adjusts (None | UUID):
        attempt (int):
        reason (AttemptReason): Why an attempt was made.
        provider (str):
        model (str):
        route (str):
        dialect (Dialect): The languages of vendors in which a call is made.
        status (LedgerStatus): How an attempt ended.
        usage_source (UsageSource): From where it is known what an attempt used.
        tokens (Tokens): `cached_input` and `cache_write` are part of `input`, `reasoning` is part of `output`.
        cost_usd (str):
        bound_kind (BoundKind): Whether a bound can never be exceeded, or was estimated because the tenant asked for
            that.
        bound_tokens (int):
        bound_usd (str):
        price_version (str):
        provider_request_id (None | str):
        http_status (int | None):
        error_code (None | str):
        first_token_ms (int | None):
        latency_ms (int | None):
        trace_id (None | str):
        started_at (datetime.datetime):
        settled_at (datetime.datetime):
    """

    id: UUID
    kind: LedgerKind
    adjusts: None | UUID
    attempt: int
    reason: AttemptReason
    provider: str
    model: str
    route: str
    dialect: Dialect
    status: LedgerStatus
    usage_source: UsageSource
    tokens: Tokens
    cost_usd: str
    bound_kind: BoundKind
    bound_tokens: int
    bound_usd: str
    price_version: str
    provider_request_id: None | str
    http_status: int | None
    error_code: None | str
    first_token_ms: int | None
    latency_ms: int | None
    trace_id: None | str
    started_at: datetime.datetime
    settled_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        kind = self.kind.value

        adjusts: None | str
        if isinstance(self.adjusts, UUID):
            adjusts = str(self.adjusts)
        else:
            adjusts = self.adjusts

        attempt = self.attempt

        reason = self.reason.value

        provider = self.provider

        model = self.model

        route = self.route

        dialect = self.dialect.value

        status = self.status.value

        usage_source = self.usage_source.value

        tokens = self.tokens.to_dict()

        cost_usd = self.cost_usd

        bound_kind = self.bound_kind.value

        bound_tokens = self.bound_tokens

        bound_usd = self.bound_usd

        price_version = self.price_version

        provider_request_id: None | str
        provider_request_id = self.provider_request_id

        http_status: int | None
        http_status = self.http_status

        error_code: None | str
        error_code = self.error_code

        first_token_ms: int | None
        first_token_ms = self.first_token_ms

        latency_ms: int | None
        latency_ms = self.latency_ms

        trace_id: None | str
        trace_id = self.trace_id

        started_at = self.started_at.isoformat()

        settled_at = self.settled_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "adjusts": adjusts,
                "attempt": attempt,
                "reason": reason,
                "provider": provider,
                "model": model,
                "route": route,
                "dialect": dialect,
                "status": status,
                "usage_source": usage_source,
                "tokens": tokens,
                "cost_usd": cost_usd,
                "bound_kind": bound_kind,
                "bound_tokens": bound_tokens,
                "bound_usd": bound_usd,
                "price_version": price_version,
                "provider_request_id": provider_request_id,
                "http_status": http_status,
                "error_code": error_code,
                "first_token_ms": first_token_ms,
                "latency_ms": latency_ms,
                "trace_id": trace_id,
                "started_at": started_at,
                "settled_at": settled_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.tokens import Tokens  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        kind = LedgerKind(d.pop("kind"))

        def _parse_adjusts(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                adjusts_type_0 = UUID(data)

                return adjusts_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        adjusts = _parse_adjusts(d.pop("adjusts"))

        attempt = d.pop("attempt")

        reason = AttemptReason(d.pop("reason"))

        provider = d.pop("provider")

        model = d.pop("model")

        route = d.pop("route")

        dialect = Dialect(d.pop("dialect"))

        status = LedgerStatus(d.pop("status"))

        usage_source = UsageSource(d.pop("usage_source"))

        tokens = Tokens.from_dict(d.pop("tokens"))

        cost_usd = d.pop("cost_usd")

        bound_kind = BoundKind(d.pop("bound_kind"))

        bound_tokens = d.pop("bound_tokens")

        bound_usd = d.pop("bound_usd")

        price_version = d.pop("price_version")

        def _parse_provider_request_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        provider_request_id = _parse_provider_request_id(d.pop("provider_request_id"))

        def _parse_http_status(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        http_status = _parse_http_status(d.pop("http_status"))

        def _parse_error_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        error_code = _parse_error_code(d.pop("error_code"))

        def _parse_first_token_ms(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        first_token_ms = _parse_first_token_ms(d.pop("first_token_ms"))

        def _parse_latency_ms(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        latency_ms = _parse_latency_ms(d.pop("latency_ms"))

        def _parse_trace_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        trace_id = _parse_trace_id(d.pop("trace_id"))

        started_at = datetime.datetime.fromisoformat(d.pop("started_at"))

        settled_at = datetime.datetime.fromisoformat(d.pop("settled_at"))

        event_view = cls(
            id=id,
            kind=kind,
            adjusts=adjusts,
            attempt=attempt,
            reason=reason,
            provider=provider,
            model=model,
            route=route,
            dialect=dialect,
            status=status,
            usage_source=usage_source,
            tokens=tokens,
            cost_usd=cost_usd,
            bound_kind=bound_kind,
            bound_tokens=bound_tokens,
            bound_usd=bound_usd,
            price_version=price_version,
            provider_request_id=provider_request_id,
            http_status=http_status,
            error_code=error_code,
            first_token_ms=first_token_ms,
            latency_ms=latency_ms,
            trace_id=trace_id,
            started_at=started_at,
            settled_at=settled_at,
        )

        event_view.additional_properties = d
        return event_view

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
