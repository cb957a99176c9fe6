"""What a tenant has set about its own calls: read, replaced and removed member by member."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from control_plane.identity.callers import ApiCaller
from foundation.contracts.egress.policy import EgressPolicy
from foundation.domain.errors import Conflict
from foundation.storage.people import audit, tenant_settings
from foundation.storage.session.database import Transaction

Setting = TypeVar("Setting", bound=BaseModel)


async def read(tx: Transaction, caller: ApiCaller) -> dict[str, Any]:
    return await tenant_settings.read(tx, caller.tenant_id)


def as_kind(value: object, kind: type[Setting]) -> Setting:
    """The setting as its type; `Conflict` when what is stored does not fit it, as gateways ignore it then, too."""
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        raise Conflict(
            "the stored setting cannot be read, and the shipped one applies", remedy="PUT it anew, or DELETE it"
        ) from error


async def allowed_hosts(tx: Transaction, caller: ApiCaller) -> list[str] | None:
    """The hosts that the tenant's egress policy allows in what is being made; None for any public ones.

    `Conflict` as above.
    """
    stored = (await tenant_settings.read(tx, caller.tenant_id)).get("egress")
    return as_kind(stored or {}, EgressPolicy).hosts


async def replace(tx: Transaction, caller: ApiCaller, members: Mapping[str, BaseModel | None], *, action: str) -> None:
    """Sets each member as it was given, defaults left out; removes those that are None."""
    given = {
        name: value.model_dump(mode="json", exclude_unset=True) for name, value in members.items() if value is not None
    }
    absent = [name for name, value in members.items() if value is None]
    await tenant_settings.put(tx, caller.tenant_id, given)
    await tenant_settings.remove(tx, caller.tenant_id, absent)
    await _record(tx, caller, action, {"set": given})


async def remove(tx: Transaction, caller: ApiCaller, names: Sequence[str], *, action: str) -> None:
    """Removes members; a removal of what is not there changes nothing and writes no audit row."""
    if await tenant_settings.remove(tx, caller.tenant_id, names):
        await _record(tx, caller, action, {})


async def _record(tx: Transaction, caller: ApiCaller, action: str, detail: dict[str, Any]) -> None:
    await audit.record(
        tx, caller.tenant_id, actor=caller.actor, action=action, target=str(caller.tenant_id), detail=detail
    )
