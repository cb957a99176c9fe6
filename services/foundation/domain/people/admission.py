"""Why a genuine credential opens nothing of a tenant: another one of the same kind would not help, as after a 401."""

from foundation.domain.errors import Forbidden


class NotAMember(Forbidden):
    """Who the token names belongs to no such tenant, or does no longer."""

    code = "not_a_member"
    usual_remedy = "GET /api/v1/users/me shows the tenants that you belong to; sign in with one of them active"

    def __init__(self) -> None:
        super().__init__("you are no member of the tenant that the token names")


class TenantSuspended(Forbidden):
    """Operators have suspended the tenant: no token and no key of it opens anything until they let it in again."""

    code = "tenant_suspended"
    usual_remedy = "ask who operates the platform"

    def __init__(self, reason: str | None = None) -> None:
        super().__init__("the tenant is suspended" + (f": {reason}" if reason else ""))
