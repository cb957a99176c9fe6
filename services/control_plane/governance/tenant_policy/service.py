"""What a tenant has set about its own calls: read, replaced and removed member by member."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from control_plane.identity.callers import ApiCaller
from control_plane.requests.etags import Conditions, content_tag, expected_version, quoted, require_content
from foundation.contracts.egress.policy import EgressPolicy
from foundation.domain.errors import Conflict
from foundation.storage.people import audit, tenant_settings
from foundation.storage.session.database import Transaction

Setting = TypeVar("Setting", bound=BaseModel)


async def read(tx: Transaction, caller: ApiCaller) -> dict[str, Any]:
    return await tenant_settings.read(tx, caller.tenant_id)


async def read_tagged(tx: Transaction, caller: ApiCaller, names: Sequence[str]) -> tuple[dict[str, Any], str]:
    """The settings, and the ETag of these members of them, which are one thing of the API."""
    settings = await read(tx, caller)
    return settings, quoted(content_tag(_part(settings, names)))


async def require_seen(tx: Transaction, caller: ApiCaller, names: Sequence[str], conditions: Conditions) -> None:
    """`VersionMismatch` unless these members are as the conditions say; then they stay so until the end."""
    if (expected := expected_version(conditions)) is not None:
        settings = await tenant_settings.read(tx, caller.tenant_id, lock=True)
        require_content("policy", _part(settings, names), expected)


def _part(settings: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """What is stored of these members; of one that is not set it is told as such."""
    return {name: settings.get(name) for name in names}


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
    before = _part(await tenant_settings.read(tx, caller.tenant_id, lock=True), list(members))
    await tenant_settings.put(tx, caller.tenant_id, given)
    await tenant_settings.remove(tx, caller.tenant_id, absent)
    await _record(tx, caller, action, {"before": before, "set": given})


async def remove(tx: Transaction, caller: ApiCaller, names: Sequence[str], *, action: str) -> None:
    """Removes members; a removal of what is not there changes nothing and writes no audit row."""
    before = _part(await tenant_settings.read(tx, caller.tenant_id, lock=True), names)
    if await tenant_settings.remove(tx, caller.tenant_id, names):
        await _record(tx, caller, action, {"before": before})


async def _record(tx: Transaction, caller: ApiCaller, action: str, detail: dict[str, Any]) -> None:
    await audit.record(
        tx, caller.tenant_id, actor=caller.actor, action=action, target=str(caller.tenant_id), detail=detail
    )
