"""All calls of the API, by what they are about."""

from ..client import AsyncCaller, Caller
from .approvals import ApprovalsCalls, AsyncApprovalsCalls
from .artifacts import ArtifactsCalls, AsyncArtifactsCalls
from .audit import AsyncAuditCalls, AuditCalls
from .budgets import AsyncBudgetsCalls, BudgetsCalls
from .checkpoints import AsyncCheckpointsCalls, CheckpointsCalls
from .dead_letters import AsyncDeadLettersCalls, DeadLettersCalls
from .events import AsyncEventsCalls, EventsCalls
from .kill_switch import AsyncKillSwitchCalls, KillSwitchCalls
from .limits import AsyncLimitsCalls, LimitsCalls
from .operations import AsyncOperationsCalls, OperationsCalls
from .people import AsyncPeopleCalls, PeopleCalls
from .retention import AsyncRetentionCalls, RetentionCalls
from .runs import AsyncRunsCalls, RunsCalls
from .schedules import AsyncSchedulesCalls, SchedulesCalls
from .secrets import AsyncSecretsCalls, SecretsCalls
from .tasks import AsyncTasksCalls, TasksCalls
from .tools import AsyncToolsCalls, ToolsCalls
from .traces import AsyncTracesCalls, TracesCalls
from .triggers import AsyncTriggersCalls, TriggersCalls
from .usage import AsyncUsageCalls, UsageCalls
from .webhooks import AsyncWebhooksCalls, WebhooksCalls


class Calls:
    """All calls; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self.approvals = ApprovalsCalls(caller)
        self.artifacts = ArtifactsCalls(caller)
        self.audit = AuditCalls(caller)
        self.budgets = BudgetsCalls(caller)
        self.checkpoints = CheckpointsCalls(caller)
        self.dead_letters = DeadLettersCalls(caller)
        self.events = EventsCalls(caller)
        self.kill_switch = KillSwitchCalls(caller)
        self.limits = LimitsCalls(caller)
        self.operations = OperationsCalls(caller)
        self.people = PeopleCalls(caller)
        self.retention = RetentionCalls(caller)
        self.runs = RunsCalls(caller)
        self.schedules = SchedulesCalls(caller)
        self.secrets = SecretsCalls(caller)
        self.tasks = TasksCalls(caller)
        self.tools = ToolsCalls(caller)
        self.traces = TracesCalls(caller)
        self.triggers = TriggersCalls(caller)
        self.usage = UsageCalls(caller)
        self.webhooks = WebhooksCalls(caller)


class AsyncCalls:
    """All calls; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self.approvals = AsyncApprovalsCalls(caller)
        self.artifacts = AsyncArtifactsCalls(caller)
        self.audit = AsyncAuditCalls(caller)
        self.budgets = AsyncBudgetsCalls(caller)
        self.checkpoints = AsyncCheckpointsCalls(caller)
        self.dead_letters = AsyncDeadLettersCalls(caller)
        self.events = AsyncEventsCalls(caller)
        self.kill_switch = AsyncKillSwitchCalls(caller)
        self.limits = AsyncLimitsCalls(caller)
        self.operations = AsyncOperationsCalls(caller)
        self.people = AsyncPeopleCalls(caller)
        self.retention = AsyncRetentionCalls(caller)
        self.runs = AsyncRunsCalls(caller)
        self.schedules = AsyncSchedulesCalls(caller)
        self.secrets = AsyncSecretsCalls(caller)
        self.tasks = AsyncTasksCalls(caller)
        self.tools = AsyncToolsCalls(caller)
        self.traces = AsyncTracesCalls(caller)
        self.triggers = AsyncTriggersCalls(caller)
        self.usage = AsyncUsageCalls(caller)
        self.webhooks = AsyncWebhooksCalls(caller)
