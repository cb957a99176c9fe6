"""What a tenant's tasks may do with each tool, as its policies stand."""

from control_plane.definitions.tools.schemas import ToolView
from control_plane.identity.callers import ApiCaller
from foundation.contracts.egress.hosts import allows
from foundation.contracts.egress.policy import ceiling_of
from foundation.contracts.tools.catalogue import TOOLS
from foundation.contracts.tools.contract import ToolContract
from foundation.contracts.tools.tenant.contracts import contract_of, host_of
from foundation.contracts.tools.tenant.names import is_tenant_tool, source_of
from foundation.domain.errors import NotFound
from foundation.storage import tool_sources
from foundation.storage.people import tenant_settings
from foundation.storage.session.database import Transaction
from foundation.storage.tool_sources import StoredTool

_NO_HOSTS = "the tenant's egress policy allows no host; PUT /api/v1/egress-policy names some"


async def all_tools(tx: Transaction, caller: ApiCaller) -> list[ToolView]:
    """Every tool by name, those included that the tenant's policies leave nothing to do, with the reason.

    The tenant's own are as the newest versions of its sources have them.
    """
    hosts = await _allowed(tx, caller)
    own = [_contract(one) for one in await tool_sources.all_in_use(tx, caller.tenant_id)]
    known = sorted([*TOOLS.values(), *own], key=lambda tool: tool.name)
    return [_view(tool, hosts) for tool in known]


async def one_tool(tx: Transaction, caller: ApiCaller, name: str) -> ToolView:
    """Raises `NotFound` with the names that there are."""
    tool = TOOLS.get(name) or await _own(tx, caller, name)
    if tool is None:
        known = ", ".join(sorted(TOOLS))
        remedy = f"the tools are {known}, and those of your tenant's sources: GET /api/v1/tool-sources"
        raise NotFound(f"there is no tool {name[:100]!r}", remedy=remedy)
    return _view(tool, await _allowed(tx, caller))


async def _own(tx: Transaction, caller: ApiCaller, name: str) -> ToolContract | None:
    if not is_tenant_tool(name):
        return None
    newest = await tool_sources.newest_versions(tx, caller.tenant_id, {source_of(name)})
    found = map(_contract, await tool_sources.tools_of(tx, caller.tenant_id, newest))
    return next((tool for tool in found if tool.name == name), None)


def _contract(stored: StoredTool) -> ToolContract:
    return contract_of(stored.source, stored.server, stored.definition)


def _view(tool: ToolContract, hosts: list[str] | None) -> ToolView:
    reason, host = None, host_of(tool)
    if hosts == [] and tool.needs_egress:
        reason = _NO_HOSTS
    elif hosts is not None and host is not None and not allows(hosts, host):
        reason = f"the tenant's egress policy does not allow {host}; PUT /api/v1/egress-policy changes it"
    return ToolView.of(tool, unusable_reason=reason)


async def _allowed(tx: Transaction, caller: ApiCaller) -> list[str] | None:
    """The hosts of the tenant's policy; None where it has none."""
    return ceiling_of((await tenant_settings.read(tx, caller.tenant_id)).get("egress"))
