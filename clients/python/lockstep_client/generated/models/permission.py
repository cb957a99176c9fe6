from enum import StrEnum
from typing import Self


class Permission(StrEnum):
    API_KEYS_READ = "api_keys:read"
    API_KEYS_WRITE = "api_keys:write"
    APPROVALS_DECIDE = "approvals:decide"
    APPROVALS_READ = "approvals:read"
    ARTIFACTS_READ = "artifacts:read"
    ARTIFACTS_WRITE = "artifacts:write"
    AUDIT_READ = "audit:read"
    BUDGETS_READ = "budgets:read"
    BUDGETS_WRITE = "budgets:write"
    CHECKPOINTS_DELETE = "checkpoints:delete"
    EGRESS_READ = "egress:read"
    EGRESS_WRITE = "egress:write"
    KILL_SWITCH_READ = "kill_switch:read"
    KILL_SWITCH_WRITE = "kill_switch:write"
    LIMITS_READ = "limits:read"
    LIMITS_WRITE = "limits:write"
    MEMBERS_READ = "members:read"
    MEMBERS_WRITE = "members:write"
    MODELS_CALL = "models:call"
    OPERATIONS_READ = "operations:read"
    OWNERS_WRITE = "owners:write"
    ROLES_WRITE = "roles:write"
    RUNS_READ = "runs:read"
    RUNS_WRITE = "runs:write"
    SCHEDULES_READ = "schedules:read"
    SCHEDULES_WRITE = "schedules:write"
    SECRETS_READ = "secrets:read"
    SECRETS_WRITE = "secrets:write"
    SERVICE_ACCOUNTS_WRITE = "service_accounts:write"
    TASKS_READ = "tasks:read"
    TASKS_WRITE = "tasks:write"
    TENANT_READ = "tenant:read"
    TENANT_WRITE = "tenant:write"
    TOOL_SOURCES_READ = "tool_sources:read"
    TOOL_SOURCES_WRITE = "tool_sources:write"
    TRIGGERS_READ = "triggers:read"
    TRIGGERS_WRITE = "triggers:write"
    USAGE_READ = "usage:read"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        """Take a word of a newer server as it is: it equals no member, and reads as its text."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_ = word._value_ = value
        return word

    def __str__(self) -> str:
        return str(self.value)
