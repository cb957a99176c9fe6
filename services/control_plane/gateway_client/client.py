"""What the control plane asks the gateway, service to service."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter

from foundation.contracts.gateway.call_estimates import (
    MAX_SHAPES,
    CallBounds,
    CallEstimates,
    CallShape,
    CallsInQuestion,
)
from foundation.contracts.gateway.configuration import ConfigurationChecked, ConfigurationInQuestion
from foundation.contracts.gateway.operations import Breaker, OperationsEntry
from foundation.contracts.gateway.spending import ForgottenTenant, RunMoney, ScopeName, Spending, SpendingQuery
from foundation.contracts.policy.providers import ProviderRules
from foundation.domain.errors import DependencyUnavailable, NotFound
from foundation.domain.ids import RunId, TenantId
from foundation.http.service_tokens import ServiceTokenSigner

_GATEWAY = "llm_gateway"
"""The audience of the tokens by which the control plane is known there."""
_SECONDS = 5.0
_NOT_FOUND = 404

Answer = TypeVar("Answer")

_BREAKER = TypeAdapter(Breaker)
_BREAKERS = TypeAdapter(list[Breaker])
_ENTRIES = TypeAdapter(list[OperationsEntry])
_SPENDING = TypeAdapter(Spending)
_RUN_MONEY = TypeAdapter(RunMoney)
_FORGOTTEN = TypeAdapter(ForgottenTenant)
_ESTIMATES = TypeAdapter(CallEstimates)
_CHECKED = TypeAdapter(ConfigurationChecked)


class GatewayClient:
    """Each question takes five seconds at most; `DependencyUnavailable` when the gateway does not answer it."""

    def __init__(self, client: httpx.AsyncClient, signer: ServiceTokenSigner, *, seconds: float = _SECONDS) -> None:
        self._client = client
        self._signer = signer
        self._seconds = seconds

    async def spending(self, tenant_id: TenantId, scopes: Sequence[ScopeName]) -> Spending:
        """What these scopes of a tenant have committed and hold now, in the order in which they are given."""
        body = SpendingQuery(tenant_id=tenant_id, scopes=list(scopes)).model_dump(mode="json")
        return await self._ask("POST", "/internal/scopes/money", _SPENDING, json=body)

    async def run_money(self, tenant_id: TenantId, run_id: RunId) -> RunMoney:
        """What a run's scope and its tenant's have committed and hold now."""
        return await self._ask(
            "GET", f"/internal/runs/{run_id}/money", _RUN_MONEY, params={"tenant_id": str(tenant_id)}
        )

    async def close_run(self, tenant_id: TenantId, run_id: RunId, *, generation: int) -> None:
        """Admits no more calls of the run's generations up to this one."""
        body = {"tenant_id": str(tenant_id), "generation": generation}
        try:
            await self._request("POST", f"/internal/runs/{run_id}/close", json=body)
        except NotFound as error:
            # A gateway has this route in every version: whatever answered was not one, and one may answer next time.
            raise DependencyUnavailable("what answers at the gateway's address is no gateway") from error

    async def forget_tenant(self, tenant_id: TenantId) -> ForgottenTenant:
        """Removes what the gateways' Redis keeps of a tenant, once its calls hold nothing."""
        return await self._ask("POST", f"/internal/tenants/{tenant_id}/forget", _FORGOTTEN)

    async def call_bounds(self, shapes: Sequence[CallShape], rules: ProviderRules | None = None) -> list[CallBounds]:
        """What a call of each of these kinds takes at least and at most, in their order, as models are served now.

        `rules` say where the calls may go.
        """
        bounds: list[CallBounds] = []
        for begin in range(0, len(shapes), MAX_SHAPES):
            asked = CallsInQuestion(calls=list(shapes[begin : begin + MAX_SHAPES]), rules=rules)
            answer = await self._ask("POST", "/internal/estimates", _ESTIMATES, json=asked.model_dump(mode="json"))
            bounds += answer.calls
        return bounds

    async def fault_of_configuration(self, document: str) -> str | None:
        """Where and why a gateway could not serve the document over its files; None when it could."""
        asked = ConfigurationInQuestion(document=document).model_dump(mode="json")
        return (await self._ask("POST", "/internal/configuration/check", _CHECKED, json=asked)).fault

    async def breakers(self) -> list[Breaker]:
        return await self._ask("GET", "/internal/breakers", _BREAKERS)

    async def reset(self, breaker: Breaker) -> Breaker:
        """Closes a breaker that the gateway has named."""
        path = f"/internal/breakers/{quote(breaker.provider, safe='')}/{quote(breaker.model)}"
        return await self._ask("DELETE", path, _BREAKER)

    async def latest(self, tenant_id: TenantId | None, *, most: int) -> list[OperationsEntry]:
        """Changes of breakers and alerts, newest first; with a tenant, of alerts only its own."""
        params = {"most": str(most), **({} if tenant_id is None else {"tenant_id": str(tenant_id)})}
        return await self._ask("GET", "/internal/operations", _ENTRIES, params=params)

    async def _ask(
        self,
        method: str,
        path: str,
        kind: TypeAdapter[Answer],
        *,
        json: Mapping[str, Any] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        answer = await self._request(method, path, json=json, params=params)
        try:
            return kind.validate_json(answer)
        except ValueError as error:
            raise DependencyUnavailable("the gateway's answer cannot be read", retry_after=1) from error

    async def _request(
        self, method: str, path: str, *, json: Mapping[str, Any] | None = None, params: Mapping[str, str] | None = None
    ) -> bytes:
        headers = {"authorization": f"Bearer {self._signer.service_token(_GATEWAY)}"}
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._client.request(method, path, json=json, params=params, headers=headers)
            if answer.status_code == _NOT_FOUND:
                raise NotFound(f"the gateway has nothing at {path}")
            answer.raise_for_status()
        except (httpx.HTTPError, TimeoutError) as error:
            raise DependencyUnavailable(f"the gateway does not answer: {error}", retry_after=1) from error
        return answer.content
