"""Why a caller is not let in who has sent no credential, or one that is genuine and opens nothing of a tenant."""

from foundation.domain.errors import Forbidden, Unauthenticated


class NoCredential(Unauthenticated):
    """None was sent at all, so that none was wrong."""


class NotAMember(Forbidden):
    """Who the token names belongs to no such tenant, or does no longer."""

    code = "not_a_member"
    usual_remedy = "GET /api/v1/users/me shows the tenants that you belong to; sign in with one of them active"

    def __init__(self) -> None:
        super().__init__("you are no member of the tenant that the token names")


class RightsChanged(Forbidden):
    """What the caller may do has become less since this process has last asked."""

    code = "rights_changed"
    retryable = True
    usual_remedy = "send it again: what you may do now is then known"

    def __init__(self) -> None:
        super().__init__("what you may do was just changed")


class TenantSuspended(Forbidden):
    """Operators have suspended the tenant: until they let it in again, only its owners open anything, their exports."""

    code = "tenant_suspended"
    usual_remedy = "ask who operates the platform"

    def __init__(self, reason: str | None = None) -> None:
        super().__init__("the tenant is suspended" + (f": {reason}" if reason else ""))
