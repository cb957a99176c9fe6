"""The tenant and the run that pay for the benchmark's calls, and their charges in the ledger."""

from dataclasses import dataclass

import psycopg

from foundation.contracts.gateway.run_token import RunClaims, ScopeCaps
from foundation.domain.ids import RunId, StepId, TenantId, UserId, new_uuid
from foundation.domain.money import BudgetLimit
from foundation.http.service_tokens import ServiceTokenSigner

_PLENTY = 8_000_000_000_000_000
_BUDGET = (
    "INSERT INTO budgets (tenant_id, scope, scope_id, period, limit_tokens, limit_nano_usd)"
    " VALUES (%s, %s, %s, %s, %s, %s)"
)


@dataclass(frozen=True, slots=True)
class Charged:
    """The payer's answers in the ledger, and the cost of all attempts."""

    answers: int
    nano_usd: int


@dataclass(frozen=True, slots=True)
class Payer:
    """Ids of rows that `new` inserts; the gateway takes tokens for them as it does for any run."""

    tenant_id: TenantId
    user_id: UserId
    run_id: RunId
    step_id: StepId
    _url: str
    _signer: ServiceTokenSigner

    @classmethod
    def new(cls, url: str, signer: ServiceTokenSigner, *, nano_usd: int = _PLENTY) -> "Payer":
        """Make a payer with budgets for a day and a month; the tenant's budget for all time is `nano_usd`."""
        payer = cls(TenantId(new_uuid()), UserId(new_uuid()), RunId(new_uuid()), StepId(new_uuid()), url, signer)
        with psycopg.connect(url, autocommit=True) as connection:
            tenant, user = payer.tenant_id, payer.user_id
            connection.execute("INSERT INTO tenants (tenant_id, name) VALUES (%s, %s)", [tenant, f"bench {tenant}"])
            connection.execute("INSERT INTO users (user_id, subject) VALUES (%s, %s)", [user, f"bench {user}"])
            for scope, scope_id in (("tenant", tenant), ("user", user)):
                for period in ("day", "month"):
                    connection.execute(_BUDGET, [tenant, scope, scope_id, period, _PLENTY, _PLENTY])
            connection.execute(_BUDGET, [tenant, "tenant", tenant, "total", _PLENTY, nano_usd])
        return payer

    def token(self) -> str:
        """A run token with caps for run and step."""
        plenty = BudgetLimit(tokens=_PLENTY, nano_usd=_PLENTY)
        claims = RunClaims(
            tenant_id=self.tenant_id,
            user_id=self.user_id,
            run_id=self.run_id,
            step_id=self.step_id,
            generation=1,
            fence=1,
            caps=ScopeCaps(run=plenty, step=plenty),
        )
        return self._signer.run_token(claims)

    def charged(self) -> Charged:
        with psycopg.connect(self._url, autocommit=True) as connection:
            question = (
                "SELECT count(*) FILTER (WHERE status = 'succeeded'), coalesce(sum(cost_nano_usd), 0)"
                " FROM llm_events WHERE tenant_id = %s"
            )
            row = connection.execute(question, [self.tenant_id]).fetchone()
        if row is None:
            raise RuntimeError("a count has no row")
        return Charged(int(row[0]), int(row[1]))

    def service_token(self) -> str:
        return self._signer.service_token("llm_gateway")
