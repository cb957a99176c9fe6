"""Contains all the data models used in inputs/outputs"""

from .acceptance import Acceptance
from .accepted import Accepted
from .active_tenant import ActiveTenant
from .agent_step import AgentStep
from .agent_step_resources import AgentStepResources
from .agent_step_workspace_type_0_type_1 import AgentStepWorkspaceType0Type1
from .agent_tool import AgentTool
from .alert_list import AlertList
from .alert_view import AlertView
from .alert_view_about_type_0 import AlertViewAboutType0
from .amounts import Amounts
from .api_key_scope import ApiKeyScope
from .approval_rule import ApprovalRule
from .approval_status import ApprovalStatus
from .approval_step import ApprovalStep
from .approval_step_form_type_0 import ApprovalStepFormType0
from .approval_step_resources import ApprovalStepResources
from .approval_view import ApprovalView
from .approval_view_expired import ApprovalViewExpired
from .approval_view_form_type_0 import ApprovalViewFormType0
from .artifact_view import ArtifactView
from .artifact_view_status import ArtifactViewStatus
from .audit_outcome import AuditOutcome
from .audit_row import AuditRow
from .audit_row_detail import AuditRowDetail
from .away_policy import AwayPolicy
from .blocked_step import BlockedStep
from .bound_kind import BoundKind
from .bounds import Bounds
from .breaker import Breaker
from .breaker_list import BreakerList
from .breaker_state import BreakerState
from .budget import Budget
from .budget_list import BudgetList
from .budget_period import BudgetPeriod
from .budget_policy import BudgetPolicy
from .budget_scope import BudgetScope
from .budget_view import BudgetView
from .call_status import CallStatus
from .call_view import CallView
from .call_view_arguments_type_0 import CallViewArgumentsType0
from .called_view import CalledView
from .catch_up import CatchUp
from .cause import Cause
from .cause_error_type_0 import CauseErrorType0
from .certificate_view import CertificateView
from .certificate_view_claims import CertificateViewClaims
from .certificate_view_public_key import CertificateViewPublicKey
from .change import Change
from .change_kind import ChangeKind
from .changes import Changes
from .checkpoint_page import CheckpointPage
from .checkpoint_view import CheckpointView
from .compared_money import ComparedMoney
from .compared_numbers import ComparedNumbers
from .compared_run_status import ComparedRunStatus
from .compared_status import ComparedStatus
from .compared_step import ComparedStep
from .compared_tasks import ComparedTasks
from .concurrency_policy import ConcurrencyPolicy
from .concurrency_policy_resources import ConcurrencyPolicyResources
from .content_kind import ContentKind
from .conversation import Conversation
from .conversation_messages_item import ConversationMessagesItem
from .cost_class import CostClass
from .cost_figure import CostFigure
from .crew_agent import CrewAgent
from .crew_step import CrewStep
from .crew_step_process import CrewStepProcess
from .crew_step_resources import CrewStepResources
from .crew_task import CrewTask
from .crew_tool import CrewTool
from .days_bound import DaysBound
from .dead_letter_status import DeadLetterStatus
from .dead_letter_view import DeadLetterView
from .dead_letter_view_error import DeadLetterViewError
from .decision import Decision
from .defined_task import DefinedTask
from .defined_task_definition import DefinedTaskDefinition
from .definition_warning import DefinitionWarning
from .deletion_phase import DeletionPhase
from .deletion_status import DeletionStatus
from .deletion_view import DeletionView
from .deletion_view_removed import DeletionViewRemoved
from .delivery_status import DeliveryStatus
from .delivery_view import DeliveryView
from .dimension import Dimension
from .discard import Discard
from .doing import Doing
from .doing_now import DoingNow
from .egress_policy import EgressPolicy
from .estimate_run import EstimateRun
from .estimate_run_input import EstimateRunInput
from .estimate_view import EstimateView
from .estimate_view_budget import EstimateViewBudget
from .event_view import EventView
from .expiry_policy import ExpiryPolicy
from .explanation import Explanation
from .export_format import ExportFormat
from .export_status import ExportStatus
from .export_view import ExportView
from .fault_view import FaultView
from .figure import Figure
from .figures_below import FiguresBelow
from .final_output import FinalOutput
from .final_output_schema import FinalOutputSchema
from .firing_reason import FiringReason
from .firing_status import FiringStatus
from .firing_view import FiringView
from .fork_run import ForkRun
from .fork_run_input_type_0 import ForkRunInputType0
from .fork_run_overrides import ForkRunOverrides
from .forked_from import ForkedFrom
from .get_platform_usage_group_by_item import GetPlatformUsageGroupByItem
from .health import Health
from .health_dependencies import HealthDependencies
from .health_dependencies_additional_property import (
    HealthDependenciesAdditionalProperty,
)
from .health_status import HealthStatus
from .held_role import HeldRole
from .invitation_status import InvitationStatus
from .invitation_view import InvitationView
from .item_figures import ItemFigures
from .item_view import ItemView
from .kept_by import KeptBy
from .kept_list import KeptList
from .kept_view import KeptView
from .key_view import KeyView
from .kill_switch_change import KillSwitchChange
from .kill_switch_view import KillSwitchView
from .last_tool import LastTool
from .left import Left
from .limit_amount import LimitAmount
from .limit_source import LimitSource
from .llm_step import LlmStep
from .llm_step_resources import LlmStepResources
from .me import Me
from .member_change import MemberChange
from .member_view import MemberView
from .member_view_kind import MemberViewKind
from .metrics_below import MetricsBelow
from .monthly_statement import MonthlyStatement
from .new_budget import NewBudget
from .new_decision import NewDecision
from .new_decision_data_type_0 import NewDecisionDataType0
from .new_egress_policy import NewEgressPolicy
from .new_invitation import NewInvitation
from .new_invitation_view import NewInvitationView
from .new_key import NewKey
from .new_key_view import NewKeyView
from .new_outcome import NewOutcome
from .new_role import NewRole
from .new_schedule import NewSchedule
from .new_schedule_input import NewScheduleInput
from .new_secret import NewSecret
from .new_service_account import NewServiceAccount
from .new_tenant import NewTenant
from .new_tenant_view import NewTenantView
from .new_tool_source import NewToolSource
from .new_tool_source_document import NewToolSourceDocument
from .new_tool_source_effects import NewToolSourceEffects
from .new_tool_source_effects_additional_property import (
    NewToolSourceEffectsAdditionalProperty,
)
from .new_trigger import NewTrigger
from .new_trigger_input import NewTriggerInput
from .new_trigger_payload_form_type_0 import NewTriggerPayloadFormType0
from .new_trigger_view import NewTriggerView
from .new_trigger_view_input import NewTriggerViewInput
from .new_trigger_view_payload_form_type_0 import NewTriggerViewPayloadFormType0
from .new_upload import NewUpload
from .new_webhook import NewWebhook
from .new_webhook_view import NewWebhookView
from .noop_step import NoopStep
from .noop_step_resources import NoopStepResources
from .not_final import NotFinal
from .operation_left_out import OperationLeftOut
from .other_lines import OtherLines
from .outcome_decision import OutcomeDecision
from .outcome_view import OutcomeView
from .overlap import Overlap
from .own_tenant import OwnTenant
from .page_approval_view import PageApprovalView
from .page_artifact_view import PageArtifactView
from .page_audit_row import PageAuditRow
from .page_dead_letter_view import PageDeadLetterView
from .page_delivery_view import PageDeliveryView
from .page_export_view import PageExportView
from .page_firing_view import PageFiringView
from .page_invitation_view import PageInvitationView
from .page_key_view import PageKeyView
from .page_member_view import PageMemberView
from .page_role_view import PageRoleView
from .page_run_event_view import PageRunEventView
from .page_run_view import PageRunView
from .page_schedule_view import PageScheduleView
from .page_secret_view import PageSecretView
from .page_service_account_view import PageServiceAccountView
from .page_standing_budget import PageStandingBudget
from .page_statement_summary import PageStatementSummary
from .page_step_times import PageStepTimes
from .page_step_view import PageStepView
from .page_task_view import PageTaskView
from .page_tenant_view import PageTenantView
from .page_tool_source_summary import PageToolSourceSummary
from .page_trigger_call_view import PageTriggerCallView
from .page_trigger_view import PageTriggerView
from .page_unreadable_view import PageUnreadableView
from .page_warning_view import PageWarningView
from .page_webhook_view import PageWebhookView
from .part_view import PartView
from .permission import Permission
from .permission_list import PermissionList
from .permission_view import PermissionView
from .platform_switch_view import PlatformSwitchView
from .priority import Priority
from .problem import Problem
from .problem_fault import ProblemFault
from .provider_policy import ProviderPolicy
from .quota import Quota
from .quota_list import QuotaList
from .quota_policy import QuotaPolicy
from .quota_scope import QuotaScope
from .quota_view import QuotaView
from .rate_limits import RateLimits
from .recovery_policy import RecoveryPolicy
from .redis_away import RedisAway
from .redrive_many import RedriveMany
from .redriven import Redriven
from .redriven_list import RedrivenList
from .redriven_outcome import RedrivenOutcome
from .refusal_reason import RefusalReason
from .remark_view import RemarkView
from .request_usage import RequestUsage
from .resource_list import ResourceList
from .resource_view import ResourceView
from .resume_point import ResumePoint
from .retention_bounds import RetentionBounds
from .retention_policy import RetentionPolicy
from .retry import Retry
from .retry_cause import RetryCause
from .retry_run import RetryRun
from .role import Role
from .role_view import RoleView
from .rotation import Rotation
from .run_comparison import RunComparison
from .run_event_type import RunEventType
from .run_event_view import RunEventView
from .run_event_view_data import RunEventViewData
from .run_metrics import RunMetrics
from .run_order import RunOrder
from .run_status import RunStatus
from .run_step import RunStep
from .run_step_input_type_1 import RunStepInputType1
from .run_step_resources import RunStepResources
from .run_usage import RunUsage
from .run_view import RunView
from .run_view_budget import RunViewBudget
from .run_view_error_type_0 import RunViewErrorType0
from .run_view_expired import RunViewExpired
from .run_view_input_type_0 import RunViewInputType0
from .run_view_overrides_type_0 import RunViewOverridesType0
from .run_view_overrides_type_0_additional_property import (
    RunViewOverridesType0AdditionalProperty,
)
from .sandbox_profile import SandboxProfile
from .schedule_change import ScheduleChange
from .schedule_change_input_type_0 import ScheduleChangeInputType0
from .schedule_view import ScheduleView
from .scope_rates import ScopeRates
from .secret_rotation import SecretRotation
from .secret_view import SecretView
from .service_account_view import ServiceAccountView
from .source_tool_view import SourceToolView
from .source_tool_view_method import SourceToolViewMethod
from .span_view import SpanView
from .span_view_attributes import SpanViewAttributes
from .span_view_kind import SpanViewKind
from .span_view_status import SpanViewStatus
from .standing import Standing
from .standing_budget import StandingBudget
from .start_run import StartRun
from .start_run_input import StartRunInput
from .statement_format import StatementFormat
from .statement_line import StatementLine
from .statement_lines import StatementLines
from .statement_summary import StatementSummary
from .statement_sums import StatementSums
from .step_estimate import StepEstimate
from .step_figures import StepFigures
from .step_kind import StepKind
from .step_list import StepList
from .step_override import StepOverride
from .step_override_arguments_type_0 import StepOverrideArgumentsType0
from .step_status import StepStatus
from .step_times import StepTimes
from .step_view import StepView
from .step_view_error_type_0 import StepViewErrorType0
from .step_view_expired import StepViewExpired
from .step_view_skip_reason_type_0 import StepViewSkipReasonType0
from .suspension import Suspension
from .task_definition import TaskDefinition
from .task_definition_on_step_failure import TaskDefinitionOnStepFailure
from .task_definition_tool_versions import TaskDefinitionToolVersions
from .task_order import TaskOrder
from .task_secret import TaskSecret
from .task_view import TaskView
from .task_view_definition import TaskViewDefinition
from .tenant_bounds import TenantBounds
from .tenant_change import TenantChange
from .tenant_event_type import TenantEventType
from .tenant_quotas import TenantQuotas
from .tenant_span_view import TenantSpanView
from .tenant_span_view_attributes import TenantSpanViewAttributes
from .tenant_span_view_kind import TenantSpanViewKind
from .tenant_span_view_status import TenantSpanViewStatus
from .tenant_switch_view import TenantSwitchView
from .tenant_trace_page import TenantTracePage
from .tenant_view import TenantView
from .time_parts import TimeParts
from .timeout_policy import TimeoutPolicy
from .tokens import Tokens
from .tool_effect import ToolEffect
from .tool_effect_view import ToolEffectView
from .tool_limits_view import ToolLimitsView
from .tool_list import ToolList
from .tool_source_summary import ToolSourceSummary
from .tool_source_view import ToolSourceView
from .tool_step import ToolStep
from .tool_step_arguments import ToolStepArguments
from .tool_step_resources import ToolStepResources
from .tool_step_workspace_type_0_type_1 import ToolStepWorkspaceType0Type1
from .tool_succeeded import ToolSucceeded
from .tool_view import ToolView
from .tool_view_arguments import ToolViewArguments
from .tool_view_result import ToolViewResult
from .trace_page import TracePage
from .trigger_call_view import TriggerCallView
from .trigger_change import TriggerChange
from .trigger_change_input_type_0 import TriggerChangeInputType0
from .trigger_change_payload_form_type_0 import TriggerChangePayloadFormType0
from .trigger_rotation import TriggerRotation
from .trigger_view import TriggerView
from .unknown_outcome_policy import UnknownOutcomePolicy
from .unreadable_view import UnreadableView
from .upload_view import UploadView
from .upload_view_fields import UploadViewFields
from .usage_below import UsageBelow
from .usage_by_model import UsageByModel
from .usage_format import UsageFormat
from .usage_group_view import UsageGroupView
from .usage_group_view_group import UsageGroupViewGroup
from .usage_page import UsagePage
from .user_quotas import UserQuotas
from .verification import Verification
from .wait import Wait
from .warning_view import WarningView
from .webhook_change import WebhookChange
from .webhook_status import WebhookStatus
from .webhook_view import WebhookView
from .whole_delivery_view import WholeDeliveryView
from .whole_delivery_view_payload import WholeDeliveryViewPayload
from .whole_schedule_view import WholeScheduleView
from .whole_schedule_view_input import WholeScheduleViewInput
from .whole_trigger_view import WholeTriggerView
from .whole_trigger_view_input import WholeTriggerViewInput
from .whole_trigger_view_payload_form_type_0 import WholeTriggerViewPayloadFormType0
from .worker_breaker_view import WorkerBreakerView
from .worker_list import WorkerList
from .worker_status import WorkerStatus
from .worker_view import WorkerView
from .worst_case_view import WorstCaseView

__all__ = (
    "Acceptance",
    "Accepted",
    "ActiveTenant",
    "AgentStep",
    "AgentStepResources",
    "AgentStepWorkspaceType0Type1",
    "AgentTool",
    "AlertList",
    "AlertView",
    "AlertViewAboutType0",
    "Amounts",
    "ApiKeyScope",
    "ApprovalRule",
    "ApprovalStatus",
    "ApprovalStep",
    "ApprovalStepFormType0",
    "ApprovalStepResources",
    "ApprovalView",
    "ApprovalViewExpired",
    "ApprovalViewFormType0",
    "ArtifactView",
    "ArtifactViewStatus",
    "AuditOutcome",
    "AuditRow",
    "AuditRowDetail",
    "AwayPolicy",
    "BlockedStep",
    "BoundKind",
    "Bounds",
    "Breaker",
    "BreakerList",
    "BreakerState",
    "Budget",
    "BudgetList",
    "BudgetPeriod",
    "BudgetPolicy",
    "BudgetScope",
    "BudgetView",
    "CalledView",
    "CallStatus",
    "CallView",
    "CallViewArgumentsType0",
    "CatchUp",
    "Cause",
    "CauseErrorType0",
    "CertificateView",
    "CertificateViewClaims",
    "CertificateViewPublicKey",
    "Change",
    "ChangeKind",
    "Changes",
    "CheckpointPage",
    "CheckpointView",
    "ComparedMoney",
    "ComparedNumbers",
    "ComparedRunStatus",
    "ComparedStatus",
    "ComparedStep",
    "ComparedTasks",
    "ConcurrencyPolicy",
    "ConcurrencyPolicyResources",
    "ContentKind",
    "Conversation",
    "ConversationMessagesItem",
    "CostClass",
    "CostFigure",
    "CrewAgent",
    "CrewStep",
    "CrewStepProcess",
    "CrewStepResources",
    "CrewTask",
    "CrewTool",
    "DaysBound",
    "DeadLetterStatus",
    "DeadLetterView",
    "DeadLetterViewError",
    "Decision",
    "DefinedTask",
    "DefinedTaskDefinition",
    "DefinitionWarning",
    "DeletionPhase",
    "DeletionStatus",
    "DeletionView",
    "DeletionViewRemoved",
    "DeliveryStatus",
    "DeliveryView",
    "Dimension",
    "Discard",
    "Doing",
    "DoingNow",
    "EgressPolicy",
    "EstimateRun",
    "EstimateRunInput",
    "EstimateView",
    "EstimateViewBudget",
    "EventView",
    "ExpiryPolicy",
    "Explanation",
    "ExportFormat",
    "ExportStatus",
    "ExportView",
    "FaultView",
    "Figure",
    "FiguresBelow",
    "FinalOutput",
    "FinalOutputSchema",
    "FiringReason",
    "FiringStatus",
    "FiringView",
    "ForkedFrom",
    "ForkRun",
    "ForkRunInputType0",
    "ForkRunOverrides",
    "GetPlatformUsageGroupByItem",
    "Health",
    "HealthDependencies",
    "HealthDependenciesAdditionalProperty",
    "HealthStatus",
    "HeldRole",
    "InvitationStatus",
    "InvitationView",
    "ItemFigures",
    "ItemView",
    "KeptBy",
    "KeptList",
    "KeptView",
    "KeyView",
    "KillSwitchChange",
    "KillSwitchView",
    "LastTool",
    "Left",
    "LimitAmount",
    "LimitSource",
    "LlmStep",
    "LlmStepResources",
    "Me",
    "MemberChange",
    "MemberView",
    "MemberViewKind",
    "MetricsBelow",
    "MonthlyStatement",
    "NewBudget",
    "NewDecision",
    "NewDecisionDataType0",
    "NewEgressPolicy",
    "NewInvitation",
    "NewInvitationView",
    "NewKey",
    "NewKeyView",
    "NewOutcome",
    "NewRole",
    "NewSchedule",
    "NewScheduleInput",
    "NewSecret",
    "NewServiceAccount",
    "NewTenant",
    "NewTenantView",
    "NewToolSource",
    "NewToolSourceDocument",
    "NewToolSourceEffects",
    "NewToolSourceEffectsAdditionalProperty",
    "NewTrigger",
    "NewTriggerInput",
    "NewTriggerPayloadFormType0",
    "NewTriggerView",
    "NewTriggerViewInput",
    "NewTriggerViewPayloadFormType0",
    "NewUpload",
    "NewWebhook",
    "NewWebhookView",
    "NoopStep",
    "NoopStepResources",
    "NotFinal",
    "OperationLeftOut",
    "OtherLines",
    "OutcomeDecision",
    "OutcomeView",
    "Overlap",
    "OwnTenant",
    "PageApprovalView",
    "PageArtifactView",
    "PageAuditRow",
    "PageDeadLetterView",
    "PageDeliveryView",
    "PageExportView",
    "PageFiringView",
    "PageInvitationView",
    "PageKeyView",
    "PageMemberView",
    "PageRoleView",
    "PageRunEventView",
    "PageRunView",
    "PageScheduleView",
    "PageSecretView",
    "PageServiceAccountView",
    "PageStandingBudget",
    "PageStatementSummary",
    "PageStepTimes",
    "PageStepView",
    "PageTaskView",
    "PageTenantView",
    "PageToolSourceSummary",
    "PageTriggerCallView",
    "PageTriggerView",
    "PageUnreadableView",
    "PageWarningView",
    "PageWebhookView",
    "PartView",
    "Permission",
    "PermissionList",
    "PermissionView",
    "PlatformSwitchView",
    "Priority",
    "Problem",
    "ProblemFault",
    "ProviderPolicy",
    "Quota",
    "QuotaList",
    "QuotaPolicy",
    "QuotaScope",
    "QuotaView",
    "RateLimits",
    "RecoveryPolicy",
    "RedisAway",
    "RedriveMany",
    "Redriven",
    "RedrivenList",
    "RedrivenOutcome",
    "RefusalReason",
    "RemarkView",
    "RequestUsage",
    "ResourceList",
    "ResourceView",
    "ResumePoint",
    "RetentionBounds",
    "RetentionPolicy",
    "Retry",
    "RetryCause",
    "RetryRun",
    "Role",
    "RoleView",
    "Rotation",
    "RunComparison",
    "RunEventType",
    "RunEventView",
    "RunEventViewData",
    "RunMetrics",
    "RunOrder",
    "RunStatus",
    "RunStep",
    "RunStepInputType1",
    "RunStepResources",
    "RunUsage",
    "RunView",
    "RunViewBudget",
    "RunViewErrorType0",
    "RunViewExpired",
    "RunViewInputType0",
    "RunViewOverridesType0",
    "RunViewOverridesType0AdditionalProperty",
    "SandboxProfile",
    "ScheduleChange",
    "ScheduleChangeInputType0",
    "ScheduleView",
    "ScopeRates",
    "SecretRotation",
    "SecretView",
    "ServiceAccountView",
    "SourceToolView",
    "SourceToolViewMethod",
    "SpanView",
    "SpanViewAttributes",
    "SpanViewKind",
    "SpanViewStatus",
    "Standing",
    "StandingBudget",
    "StartRun",
    "StartRunInput",
    "StatementFormat",
    "StatementLine",
    "StatementLines",
    "StatementSummary",
    "StatementSums",
    "StepEstimate",
    "StepFigures",
    "StepKind",
    "StepList",
    "StepOverride",
    "StepOverrideArgumentsType0",
    "StepStatus",
    "StepTimes",
    "StepView",
    "StepViewErrorType0",
    "StepViewExpired",
    "StepViewSkipReasonType0",
    "Suspension",
    "TaskDefinition",
    "TaskDefinitionOnStepFailure",
    "TaskDefinitionToolVersions",
    "TaskOrder",
    "TaskSecret",
    "TaskView",
    "TaskViewDefinition",
    "TenantBounds",
    "TenantChange",
    "TenantEventType",
    "TenantQuotas",
    "TenantSpanView",
    "TenantSpanViewAttributes",
    "TenantSpanViewKind",
    "TenantSpanViewStatus",
    "TenantSwitchView",
    "TenantTracePage",
    "TenantView",
    "TimeoutPolicy",
    "TimeParts",
    "Tokens",
    "ToolEffect",
    "ToolEffectView",
    "ToolLimitsView",
    "ToolList",
    "ToolSourceSummary",
    "ToolSourceView",
    "ToolStep",
    "ToolStepArguments",
    "ToolStepResources",
    "ToolStepWorkspaceType0Type1",
    "ToolSucceeded",
    "ToolView",
    "ToolViewArguments",
    "ToolViewResult",
    "TracePage",
    "TriggerCallView",
    "TriggerChange",
    "TriggerChangeInputType0",
    "TriggerChangePayloadFormType0",
    "TriggerRotation",
    "TriggerView",
    "UnknownOutcomePolicy",
    "UnreadableView",
    "UploadView",
    "UploadViewFields",
    "UsageBelow",
    "UsageByModel",
    "UsageFormat",
    "UsageGroupView",
    "UsageGroupViewGroup",
    "UsagePage",
    "UserQuotas",
    "Verification",
    "Wait",
    "WarningView",
    "WebhookChange",
    "WebhookStatus",
    "WebhookView",
    "WholeDeliveryView",
    "WholeDeliveryViewPayload",
    "WholeScheduleView",
    "WholeScheduleViewInput",
    "WholeTriggerView",
    "WholeTriggerViewInput",
    "WholeTriggerViewPayloadFormType0",
    "WorkerBreakerView",
    "WorkerList",
    "WorkerStatus",
    "WorkerView",
    "WorstCaseView",
)
