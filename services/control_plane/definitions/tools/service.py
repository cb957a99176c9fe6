"""What a tenant's tasks may do with each tool, as its policies stand and as far as the tool runtime can run it."""

from functools import reduce
from typing import get_args

from control_plane.definitions.tools.schemas import ToolView
from control_plane.identity.callers import ApiCaller
from control_plane.resources import AppResources
from foundation.contracts.egress.hosts import allows
from foundation.contracts.egress.policy import ceiling_of
from foundation.contracts.tools.calls.runtime_lacks import RuntimeLacks
from foundation.contracts.tools.catalogue import TOOLS
from foundation.contracts.tools.code_agent import CODE_AGENT, CodeAgentArguments
from foundation.contracts.tools.contract import ToolContract
from foundation.contracts.tools.tenant.contracts import contract_of, host_of
from foundation.contracts.tools.tenant.names import is_tenant_tool, source_of
from foundation.domain.errors import DependencyUnavailable, NotFound
from foundation.domain.words.quoting import quoted
from foundation.storage import tool_sources
from foundation.storage.people import tenant_settings
from foundation.storage.session.database import Transaction
from foundation.storage.tool_sources import StoredTool

_NO_HOSTS = "the tenant's egress policy allows no host; PUT /api/v1/egress-policy names some"


async def all_tools(tx: Transaction, app: AppResources, caller: ApiCaller) -> list[ToolView]:
    """Every tool by name, those included that policies or the runtime leave nothing to do, with the reason.

    The tenant's own are as the newest versions of its sources have them.
    """
    hosts = await _allowed(tx, caller)
    own = [_contract(one) for one in await tool_sources.all_in_use(tx, caller.tenant_id)]
    known = sorted([*TOOLS.values(), *own], key=lambda tool: tool.name)
    lacks = await _lacks(app)
    return [_view(tool, hosts, lacks) for tool in known]


async def one_tool(tx: Transaction, app: AppResources, caller: ApiCaller, name: str) -> ToolView:
    """Raises `NotFound` with the names that there are."""
    tool = TOOLS.get(name) or await _own(tx, caller, name)
    if tool is None:
        known = ", ".join(sorted(TOOLS))
        remedy = f"the tools are {known}, and those of your tenant's sources: GET /api/v1/tool-sources"
        raise NotFound(f"there is no tool {quoted(name[:100])}", remedy=remedy)
    return _view(tool, await _allowed(tx, caller), await _lacks(app))


async def _own(tx: Transaction, caller: ApiCaller, name: str) -> ToolContract | None:
    if not is_tenant_tool(name):
        return None
    newest = await tool_sources.newest_versions(tx, caller.tenant_id, {source_of(name)})
    found = map(_contract, await tool_sources.tools_of(tx, caller.tenant_id, newest))
    return next((tool for tool in found if tool.name == name), None)


def _contract(stored: StoredTool) -> ToolContract:
    return contract_of(stored.source, stored.server, stored.definition)


async def _lacks(app: AppResources) -> RuntimeLacks:
    """What no worker's tool runtime can run, as far as it is known."""
    try:
        told = [worker.lacks for worker in await app.presence.present()]
    except DependencyUnavailable:
        return RuntimeLacks()
    return reduce(RuntimeLacks.shared, told) if told else RuntimeLacks()


def _view(tool: ToolContract, hosts: list[str] | None, lacks: RuntimeLacks) -> ToolView:
    agents = lacks.agents if tool.name == CODE_AGENT.name else {}
    reason, host = lacks.sandboxes.get(tool.profile), host_of(tool)
    if reason is None and agents.keys() >= set(get_args(CodeAgentArguments.model_fields["agent"].annotation)):
        reason = "; ".join(agents.values())
    if reason is None and hosts == [] and tool.needs_egress:
        reason = _NO_HOSTS
    elif reason is None and hosts is not None and host is not None and not allows(hosts, host):
        reason = f"the tenant's egress policy does not allow {host}; PUT /api/v1/egress-policy changes it"
    return ToolView.of(tool, unusable_reason=reason, unusable_agents=agents)


async def _allowed(tx: Transaction, caller: ApiCaller) -> list[str] | None:
    """The hosts of the tenant's policy; None where it has none."""
    return ceiling_of((await tenant_settings.read(tx, caller.tenant_id)).get("egress"))
