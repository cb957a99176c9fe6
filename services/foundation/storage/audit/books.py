"""Where an audit stands: each tenant's in the tables of tenants, the platform's in tables of its own."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from foundation.domain.ids import TenantId
from foundation.storage.session.database import Database
from foundation.storage.session.transaction import Transaction

Whose = TenantId | None
"""Of this tenant, or (None) of the platform."""


@dataclass(frozen=True, slots=True)
class Book:
    """The tables of an audit, of its chain and its anchors; `own` are the columns that say whose a row is."""

    log: str
    chain: str
    anchors: str
    own: tuple[str, ...]

    def is_ours(self, alias: str = "") -> str:
        """The condition that a row is of the audit that is meant; its parameters are those of `own`."""
        dot = f"{alias}." if alias else ""
        return " AND ".join(f"{dot}{name} = :{name}" for name in self.own) or "true"

    def columns(self, *others: str) -> str:
        return ", ".join((*self.own, *others))

    def values(self, *others: str) -> str:
        return ", ".join((*(f":{name}" for name in self.own), *others))


_OF_TENANTS = Book("audit_log", "audit_chain", "audit_anchors", ("tenant_id",))
_OF_THE_PLATFORM = Book("platform_audit", "platform_audit_chain", "platform_audit_anchors", ())


def book_of(whose: Whose) -> Book:
    return _OF_THE_PLATFORM if whose is None else _OF_TENANTS


def opened(database: Database, whose: Whose) -> AbstractAsyncContextManager[Transaction]:
    """A transaction that sees this audit, and of tenants no other."""
    if whose is None:
        return database.across_tenants(reason="the platform's audit belongs to no tenant")
    return database.tenant(whose)
