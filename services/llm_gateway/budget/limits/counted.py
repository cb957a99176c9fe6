"""The scopes, windows and slots in which a caller's calls are counted, with their keys; made once for many calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from foundation.contracts.gateway.ledger import ScopeKind
from foundation.contracts.gateway.run_token import RunClaims
from foundation.domain.ids import ApiKeyId, TenantId, UserId
from llm_gateway.budget.limits.rates import CallLimits, call_limits
from llm_gateway.budget.limits.scopes import LimitedScope
from llm_gateway.budget.limits.tenant_limits import EffectiveLimits
from llm_gateway.budget.redis import keys
from llm_gateway.budget.reservation import ScopeKey


@dataclass(frozen=True, slots=True)
class CallScopes:
    """`first` are the limits of a call, `again` those of a retry of ours, which is no further request of the caller."""

    scopes: tuple[LimitedScope, ...]
    scope_keys: tuple[ScopeKey, ...]
    first: CallLimits
    again: CallLimits

    def limits(self, attempt: int) -> CallLimits:
        return self.first if attempt == 1 else self.again


def scopes_of_call(
    limits: EffectiveLimits,
    *,
    tenant_id: TenantId,
    user_id: UserId | None,
    api_key_id: ApiKeyId | None,
    run: RunClaims | None,
) -> CallScopes:
    lasting: dict[ScopeKind, UUID] = {ScopeKind.TENANT: tenant_id}
    if user_id is not None:
        lasting[ScopeKind.USER] = user_id
    if api_key_id is not None:
        lasting[ScopeKind.KEY] = api_key_id
    scopes = (*(limits.scope(kind, scope_id) for kind, scope_id in lasting.items()), *_of_run(run))
    bucket = keys.bucket_of(tenant_id)
    # A limit such as 20 a minute is meant for the own calls of a person or key, and not for the runs that they started.
    of_starter = frozenset({ScopeKind.USER, ScopeKind.KEY}) if run else frozenset[ScopeKind]()
    return CallScopes(
        scopes=scopes,
        scope_keys=tuple(
            ScopeKey(keys.scope(bucket, tenant_id, scope.kind, scope.scope_id), scope.kind.windowed) for scope in scopes
        ),
        first=_call_limits(limits, tenant_id, lasting, uncounted=of_starter),
        again=_call_limits(limits, tenant_id, lasting, uncounted=frozenset(ScopeKind)),
    )


def _of_run(run: RunClaims | None) -> list[LimitedScope]:
    """In the order that the scripts expect: the runs above, outermost first, then the run and its step."""
    if run is None:
        return []
    above = [
        LimitedScope(ScopeKind.RUN, one.run_id, total=one.caps, generation=one.generation) for one in run.ancestors
    ]
    own = LimitedScope(ScopeKind.RUN, run.run_id, total=run.caps.run)
    step = LimitedScope(ScopeKind.STEP, run.step_id, total=run.caps.step)
    return [*above, own, step]


def _call_limits(
    limits: EffectiveLimits, tenant_id: TenantId, lasting: Mapping[ScopeKind, UUID], *, uncounted: frozenset[ScopeKind]
) -> CallLimits:
    return call_limits(tenant_id, lasting, limits.rates, uncounted=uncounted)
