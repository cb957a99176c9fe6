"""The routes of the API, room by room."""

from control_plane.definitions.tasks.routes import router as tasks
from control_plane.definitions.tool_sources.routes import router as tool_sources
from control_plane.definitions.tools.routes import router as tools
from control_plane.execution.approvals.routes import router as approvals
from control_plane.execution.artifacts.routes import router as artifacts
from control_plane.execution.checkpoints.routes import router as checkpoints
from control_plane.execution.dead_letters.routes import router as dead_letters
from control_plane.execution.estimates.routes import router as estimates
from control_plane.execution.outcomes.routes import router as outcomes
from control_plane.execution.reruns.routes import router as reruns
from control_plane.execution.runs.routes import router as runs
from control_plane.execution.turns.routes import router as turns
from control_plane.execution.workers.routes import router as workers
from control_plane.governance.audit.routes import router as audit
from control_plane.governance.break_glass.routes import router as break_glass
from control_plane.governance.gateway_configurations.routes import router as gateway_configurations
from control_plane.governance.kill_switch.routes import router as kill_switch
from control_plane.governance.operations.routes import router as operations
from control_plane.governance.providers.routes import router as providers
from control_plane.governance.quotas.routes import router as quotas
from control_plane.governance.retention.routes import router as retention
from control_plane.governance.secrets.routes import router as secrets
from control_plane.governance.tenant_bounds.routes import router as tenant_bounds
from control_plane.governance.tenant_deletions.routes import router as tenant_deletions
from control_plane.governance.tenant_exports.routes import router as tenant_exports
from control_plane.governance.tenant_policy.routes import router as tenant_policy
from control_plane.insight.comparisons.routes import router as comparisons
from control_plane.insight.durations.routes import router as durations
from control_plane.insight.events.routes import router as events
from control_plane.insight.explanations.routes import router as explanations
from control_plane.insight.traces.routes import router as traces
from control_plane.integrations.schedules.routes import router as schedules
from control_plane.integrations.triggers.routes import router as triggers
from control_plane.integrations.webhooks.routes import router as webhooks
from control_plane.money.budget_warnings.routes import router as budget_warnings
from control_plane.money.budgets.routes import router as budgets
from control_plane.money.platform_usage.routes import router as platform_usage
from control_plane.money.statements.routes import router as statements
from control_plane.money.usage.routes import router as usage
from control_plane.people.api_keys.routes import router as api_keys
from control_plane.people.invitations.routes import router as invitations
from control_plane.people.members.routes import router as members
from control_plane.people.roles.routes import router as roles
from control_plane.people.service_accounts.routes import router as service_accounts
from control_plane.people.tenants.routes import router as tenants
from control_plane.people.users.routes import router as users
from control_plane.rooms import RoomRouter

ROUTERS: tuple[RoomRouter, ...] = (
    tasks,
    estimates,
    runs,
    reruns,
    turns,
    checkpoints,
    comparisons,
    durations,
    explanations,
    events,
    traces,
    approvals,
    outcomes,
    dead_letters,
    artifacts,
    budgets,
    budget_warnings,
    tenant_policy,
    quotas,
    providers,
    retention,
    secrets,
    webhooks,
    schedules,
    triggers,
    kill_switch,
    tools,
    tool_sources,
    usage,
    platform_usage,
    statements,
    operations,
    gateway_configurations,
    workers,
    roles,
    api_keys,
    service_accounts,
    members,
    invitations,
    users,
    tenants,
    tenant_bounds,
    tenant_exports,
    tenant_deletions,
    audit,
    break_glass,
)
"""In this order the document lists them."""
