"""Contains all the data models used in inputs/outputs"""

from .acceptance import Acceptance
from .accepted import Accepted
from .access_view import AccessView
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
from .approve import Approve
from .artifact_view import ArtifactView
from .artifact_view_status import ArtifactViewStatus
from .attempt_reason import AttemptReason
from .audit_outcome import AuditOutcome
from .away_policy import AwayPolicy
from .blocked_step import BlockedStep
from .bound_kind import BoundKind
from .bounds import Bounds
from .breaker import Breaker
from .breaker_cause import BreakerCause
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
from .certificate_view import CertificateView
from .certificate_view_claims import CertificateViewClaims
from .certificate_view_public_key import CertificateViewPublicKey
from .change import Change
from .change_kind import ChangeKind
from .changes import Changes
from .checkpoint_page_listed_checkpoint import CheckpointPageListedCheckpoint
from .compared_money import ComparedMoney
from .compared_numbers import ComparedNumbers
from .compared_run_status import ComparedRunStatus
from .compared_status import ComparedStatus
from .compared_step import ComparedStep
from .compared_tasks import ComparedTasks
from .concurrency_policy import ConcurrencyPolicy
from .concurrency_policy_resources import ConcurrencyPolicyResources
from .configuration_status import ConfigurationStatus
from .configuration_view import ConfigurationView
from .configuration_whole import ConfigurationWhole
from .content_kind import ContentKind
from .conversation import Conversation
from .conversation_messages_item import ConversationMessagesItem
from .cost_class import CostClass
from .cost_figure import CostFigure
from .created_at_name_order import CreatedAtNameOrder
from .created_at_order import CreatedAtOrder
from .crew_agent import CrewAgent
from .crew_step import CrewStep
from .crew_step_process import CrewStepProcess
from .crew_step_resources import CrewStepResources
from .crew_task import CrewTask
from .crew_tool import CrewTool
from .days_bound import DaysBound
from .dead_letter_status import DeadLetterStatus
from .dead_letter_view import DeadLetterView
from .dead_letter_view_error_type_0 import DeadLetterViewErrorType0
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
from .dialect import Dialect
from .died_at_order import DiedAtOrder
from .dimension import Dimension
from .discard import Discard
from .doing import Doing
from .doing_now import DoingNow
from .egress_policy import EgressPolicy
from .ended_by import EndedBy
from .ended_view import EndedView
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
from .fires_at_order import FiresAtOrder
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
from .id_order import IdOrder
from .index_order import IndexOrder
from .invitation_status import InvitationStatus
from .invitation_view import InvitationView
from .item_figures import ItemFigures
from .item_view import ItemView
from .kept_by import KeptBy
from .kept_list import KeptList
from .kept_view import KeptView
from .key_change import KeyChange
from .key_view import KeyView
from .kill_switch_change import KillSwitchChange
from .kill_switch_view import KillSwitchView
from .last_tool import LastTool
from .leak_outcome import LeakOutcome
from .leak_view import LeakView
from .ledger_kind import LedgerKind
from .ledger_status import LedgerStatus
from .left import Left
from .limit_amount import LimitAmount
from .limit_source import LimitSource
from .list_api_keys_fields_item import ListApiKeysFieldsItem
from .list_approvals_fields_item import ListApprovalsFieldsItem
from .list_artifacts_fields_item import ListArtifactsFieldsItem
from .list_artifacts_status import ListArtifactsStatus
from .list_audit_fields_item import ListAuditFieldsItem
from .list_break_glass_accesses_fields_item import ListBreakGlassAccessesFieldsItem
from .list_budget_warnings_fields_item import ListBudgetWarningsFieldsItem
from .list_budgets_fields_item import ListBudgetsFieldsItem
from .list_checkpoints_fields_item import ListCheckpointsFieldsItem
from .list_dead_letters_fields_item import ListDeadLettersFieldsItem
from .list_deliveries_fields_item import ListDeliveriesFieldsItem
from .list_gateway_configurations_fields_item import ListGatewayConfigurationsFieldsItem
from .list_invitations_fields_item import ListInvitationsFieldsItem
from .list_members_fields_item import ListMembersFieldsItem
from .list_platform_audit_fields_item import ListPlatformAuditFieldsItem
from .list_platform_break_glass_accesses_fields_item import (
    ListPlatformBreakGlassAccessesFieldsItem,
)
from .list_roles_fields_item import ListRolesFieldsItem
from .list_run_artifacts_fields_item import ListRunArtifactsFieldsItem
from .list_run_steps_fields_item import ListRunStepsFieldsItem
from .list_runs_fields_item import ListRunsFieldsItem
from .list_schedule_firings_fields_item import ListScheduleFiringsFieldsItem
from .list_schedules_fields_item import ListSchedulesFieldsItem
from .list_secrets_fields_item import ListSecretsFieldsItem
from .list_service_accounts_fields_item import ListServiceAccountsFieldsItem
from .list_step_items_fields_item import ListStepItemsFieldsItem
from .list_step_turns_fields_item import ListStepTurnsFieldsItem
from .list_task_versions_fields_item import ListTaskVersionsFieldsItem
from .list_tasks_fields_item import ListTasksFieldsItem
from .list_tenant_exports_fields_item import ListTenantExportsFieldsItem
from .list_tenants_dead_letters_fields_item import ListTenantsDeadLettersFieldsItem
from .list_tenants_fields_item import ListTenantsFieldsItem
from .list_tenants_lines_fields_item import ListTenantsLinesFieldsItem
from .list_tool_sources_fields_item import ListToolSourcesFieldsItem
from .list_trigger_calls_fields_item import ListTriggerCallsFieldsItem
from .list_triggers_fields_item import ListTriggersFieldsItem
from .list_unreadable_messages_fields_item import ListUnreadableMessagesFieldsItem
from .list_webhooks_fields_item import ListWebhooksFieldsItem
from .listed_access import ListedAccess
from .listed_approval import ListedApproval
from .listed_approval_expired import ListedApprovalExpired
from .listed_approval_form_type_0 import ListedApprovalFormType0
from .listed_artifact import ListedArtifact
from .listed_artifact_status import ListedArtifactStatus
from .listed_audit_row import ListedAuditRow
from .listed_audit_row_detail import ListedAuditRowDetail
from .listed_checkpoint import ListedCheckpoint
from .listed_configuration import ListedConfiguration
from .listed_dead_letter import ListedDeadLetter
from .listed_dead_letter_error_type_0 import ListedDeadLetterErrorType0
from .listed_delivery import ListedDelivery
from .listed_export import ListedExport
from .listed_firing import ListedFiring
from .listed_invitation import ListedInvitation
from .listed_key import ListedKey
from .listed_member import ListedMember
from .listed_member_kind import ListedMemberKind
from .listed_role import ListedRole
from .listed_run import ListedRun
from .listed_run_budget import ListedRunBudget
from .listed_run_error_type_0 import ListedRunErrorType0
from .listed_run_expired import ListedRunExpired
from .listed_run_input_type_0 import ListedRunInputType0
from .listed_run_overrides_type_0 import ListedRunOverridesType0
from .listed_run_overrides_type_0_additional_property import (
    ListedRunOverridesType0AdditionalProperty,
)
from .listed_schedule import ListedSchedule
from .listed_schedule_input_type_0 import ListedScheduleInputType0
from .listed_secret import ListedSecret
from .listed_service_account import ListedServiceAccount
from .listed_standing_budget import ListedStandingBudget
from .listed_step import ListedStep
from .listed_step_error_type_0 import ListedStepErrorType0
from .listed_step_expired import ListedStepExpired
from .listed_step_skip_reason_type_0 import ListedStepSkipReasonType0
from .listed_task import ListedTask
from .listed_task_definition import ListedTaskDefinition
from .listed_task_version import ListedTaskVersion
from .listed_task_version_definition import ListedTaskVersionDefinition
from .listed_tenant import ListedTenant
from .listed_tenants_dead_letter import ListedTenantsDeadLetter
from .listed_tenants_line import ListedTenantsLine
from .listed_tool_source_summary import ListedToolSourceSummary
from .listed_trigger import ListedTrigger
from .listed_trigger_call import ListedTriggerCall
from .listed_trigger_input_type_0 import ListedTriggerInputType0
from .listed_trigger_payload_form_type_0 import ListedTriggerPayloadFormType0
from .listed_turn import ListedTurn
from .listed_turn_expired import ListedTurnExpired
from .listed_turn_request_type_0 import ListedTurnRequestType0
from .listed_turn_response_type_0 import ListedTurnResponseType0
from .listed_unreadable import ListedUnreadable
from .listed_warning import ListedWarning
from .listed_webhook import ListedWebhook
from .llm_step import LlmStep
from .llm_step_resources import LlmStepResources
from .made_kind import MadeKind
from .mcp_server import McpServer
from .mcp_server_environment import McpServerEnvironment
from .mcp_server_registry_type_0 import McpServerRegistryType0
from .mcp_server_transport import McpServerTransport
from .mcp_server_view import McpServerView
from .me import Me
from .member_change import MemberChange
from .member_view import MemberView
from .member_view_kind import MemberViewKind
from .metrics_below import MetricsBelow
from .monthly_statement import MonthlyStatement
from .name_order import NameOrder
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
from .new_tool_source_document_type_0 import NewToolSourceDocumentType0
from .new_tool_source_effects import NewToolSourceEffects
from .new_trigger import NewTrigger
from .new_trigger_input import NewTriggerInput
from .new_trigger_payload_form_type_0 import NewTriggerPayloadFormType0
from .new_trigger_view import NewTriggerView
from .new_trigger_view_input_type_0 import NewTriggerViewInputType0
from .new_trigger_view_payload_form_type_0 import NewTriggerViewPayloadFormType0
from .new_upload import NewUpload
from .new_webhook import NewWebhook
from .new_webhook_view import NewWebhookView
from .noop_step import NoopStep
from .noop_step_resources import NoopStepResources
from .not_final import NotFinal
from .open_access import OpenAccess
from .opened_at_order import OpenedAtOrder
from .operation_left_out import OperationLeftOut
from .operations_kind import OperationsKind
from .other_lines import OtherLines
from .outcome_decision import OutcomeDecision
from .outcome_view import OutcomeView
from .overlap import Overlap
from .own_tenant import OwnTenant
from .package import Package
from .page_listed_access import PageListedAccess
from .page_listed_approval import PageListedApproval
from .page_listed_artifact import PageListedArtifact
from .page_listed_audit_row import PageListedAuditRow
from .page_listed_configuration import PageListedConfiguration
from .page_listed_dead_letter import PageListedDeadLetter
from .page_listed_delivery import PageListedDelivery
from .page_listed_export import PageListedExport
from .page_listed_firing import PageListedFiring
from .page_listed_invitation import PageListedInvitation
from .page_listed_key import PageListedKey
from .page_listed_member import PageListedMember
from .page_listed_role import PageListedRole
from .page_listed_run import PageListedRun
from .page_listed_schedule import PageListedSchedule
from .page_listed_secret import PageListedSecret
from .page_listed_service_account import PageListedServiceAccount
from .page_listed_standing_budget import PageListedStandingBudget
from .page_listed_step import PageListedStep
from .page_listed_task import PageListedTask
from .page_listed_task_version import PageListedTaskVersion
from .page_listed_tenant import PageListedTenant
from .page_listed_tenants_dead_letter import PageListedTenantsDeadLetter
from .page_listed_tenants_line import PageListedTenantsLine
from .page_listed_tool_source_summary import PageListedToolSourceSummary
from .page_listed_trigger import PageListedTrigger
from .page_listed_trigger_call import PageListedTriggerCall
from .page_listed_turn import PageListedTurn
from .page_listed_unreadable import PageListedUnreadable
from .page_listed_warning import PageListedWarning
from .page_listed_webhook import PageListedWebhook
from .page_run_event_view import PageRunEventView
from .page_statement_summary import PageStatementSummary
from .page_step_times import PageStepTimes
from .part_view import PartView
from .pause_reason import PauseReason
from .permission import Permission
from .permission_list import PermissionList
from .permission_view import PermissionView
from .platform_switch_view import PlatformSwitchView
from .position_order import PositionOrder
from .priority import Priority
from .problem import Problem
from .problem_fault import ProblemFault
from .propose_configuration import ProposeConfiguration
from .provider_policy import ProviderPolicy
from .quota import Quota
from .quota_list import QuotaList
from .quota_policy import QuotaPolicy
from .quota_scope import QuotaScope
from .quota_view import QuotaView
from .rate_limits import RateLimits
from .read_by import ReadBy
from .read_by_step import ReadByStep
from .received_at_order import ReceivedAtOrder
from .recovery_policy import RecoveryPolicy
from .redis_away import RedisAway
from .redrive_many import RedriveMany
from .redriven import Redriven
from .redriven_list import RedrivenList
from .redriven_outcome import RedrivenOutcome
from .refusal_reason import RefusalReason
from .reject import Reject
from .remark_view import RemarkView
from .request_usage import RequestUsage
from .requested_at_order import RequestedAtOrder
from .resource_list import ResourceList
from .resource_view import ResourceView
from .resume_point import ResumePoint
from .retention_bounds import RetentionBounds
from .retention_policy import RetentionPolicy
from .retry import Retry
from .retry_run import RetryRun
from .role import Role
from .role_view import RoleView
from .root_cause import RootCause
from .root_cause_error_type_0 import RootCauseErrorType0
from .rotation import Rotation
from .run_comparison import RunComparison
from .run_event_type import RunEventType
from .run_event_view import RunEventView
from .run_event_view_data import RunEventViewData
from .run_metrics import RunMetrics
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
from .scope_kind import ScopeKind
from .scope_order import ScopeOrder
from .scope_rates import ScopeRates
from .secret_view import SecretView
from .service_account_change import ServiceAccountChange
from .service_account_view import ServiceAccountView
from .source_tool_view import SourceToolView
from .source_tool_view_method_type_0 import SourceToolViewMethodType0
from .span_view import SpanView
from .span_view_attributes import SpanViewAttributes
from .span_view_kind import SpanViewKind
from .span_view_status import SpanViewStatus
from .stall_cause import StallCause
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
from .task_secret import TaskSecret
from .task_view import TaskView
from .task_view_definition import TaskViewDefinition
from .tenant_bounds import TenantBounds
from .tenant_change import TenantChange
from .tenant_event_type import TenantEventType
from .tenant_id_order import TenantIdOrder
from .tenant_quotas import TenantQuotas
from .tenant_span_view import TenantSpanView
from .tenant_span_view_attributes import TenantSpanViewAttributes
from .tenant_span_view_kind import TenantSpanViewKind
from .tenant_span_view_status import TenantSpanViewStatus
from .tenant_switch_view import TenantSwitchView
from .tenant_trace_page import TenantTracePage
from .tenant_view import TenantView
from .tenants_dead_letter_view import TenantsDeadLetterView
from .time_parts import TimeParts
from .timeout_policy import TimeoutPolicy
from .tokens import Tokens
from .tool_call_status import ToolCallStatus
from .tool_effect import ToolEffect
from .tool_effect_view import ToolEffectView
from .tool_limits_view import ToolLimitsView
from .tool_list import ToolList
from .tool_source_kind import ToolSourceKind
from .tool_source_view import ToolSourceView
from .tool_step import ToolStep
from .tool_step_arguments import ToolStepArguments
from .tool_step_resources import ToolStepResources
from .tool_step_workspace_type_0_type_1 import ToolStepWorkspaceType0Type1
from .tool_succeeded import ToolSucceeded
from .tool_view import ToolView
from .tool_view_arguments import ToolViewArguments
from .tool_view_result import ToolViewResult
from .tool_view_unusable_agents import ToolViewUnusableAgents
from .trace_page import TracePage
from .trigger_change import TriggerChange
from .trigger_change_input_type_0 import TriggerChangeInputType0
from .trigger_change_payload_form_type_0 import TriggerChangePayloadFormType0
from .trigger_view import TriggerView
from .trigger_view_input_type_0 import TriggerViewInputType0
from .trigger_view_payload_form_type_0 import TriggerViewPayloadFormType0
from .turn_order import TurnOrder
from .turn_view import TurnView
from .turn_view_expired import TurnViewExpired
from .turn_view_request_type_0 import TurnViewRequestType0
from .turn_view_response_type_0 import TurnViewResponseType0
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
from .usage_source import UsageSource
from .user_quotas import UserQuotas
from .verification import Verification
from .version_order import VersionOrder
from .wait import Wait
from .wait_reason import WaitReason
from .warned_at_order import WarnedAtOrder
from .webhook_change import WebhookChange
from .webhook_status import WebhookStatus
from .webhook_view import WebhookView
from .whole_delivery_view import WholeDeliveryView
from .whole_delivery_view_payload import WholeDeliveryViewPayload
from .whole_schedule_view import WholeScheduleView
from .whole_schedule_view_input_type_0 import WholeScheduleViewInputType0
from .worker_breaker_view import WorkerBreakerView
from .worker_list import WorkerList
from .worker_status import WorkerStatus
from .worker_view import WorkerView
from .worst_case_view import WorstCaseView

__all__ = (
    "Acceptance",
    "Accepted",
    "AccessView",
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
    "Approve",
    "ArtifactView",
    "ArtifactViewStatus",
    "AttemptReason",
    "AuditOutcome",
    "AwayPolicy",
    "BlockedStep",
    "BoundKind",
    "Bounds",
    "Breaker",
    "BreakerCause",
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
    "CertificateView",
    "CertificateViewClaims",
    "CertificateViewPublicKey",
    "Change",
    "ChangeKind",
    "Changes",
    "CheckpointPageListedCheckpoint",
    "ComparedMoney",
    "ComparedNumbers",
    "ComparedRunStatus",
    "ComparedStatus",
    "ComparedStep",
    "ComparedTasks",
    "ConcurrencyPolicy",
    "ConcurrencyPolicyResources",
    "ConfigurationStatus",
    "ConfigurationView",
    "ConfigurationWhole",
    "ContentKind",
    "Conversation",
    "ConversationMessagesItem",
    "CostClass",
    "CostFigure",
    "CreatedAtNameOrder",
    "CreatedAtOrder",
    "CrewAgent",
    "CrewStep",
    "CrewStepProcess",
    "CrewStepResources",
    "CrewTask",
    "CrewTool",
    "DaysBound",
    "DeadLetterStatus",
    "DeadLetterView",
    "DeadLetterViewErrorType0",
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
    "Dialect",
    "DiedAtOrder",
    "Dimension",
    "Discard",
    "Doing",
    "DoingNow",
    "EgressPolicy",
    "EndedBy",
    "EndedView",
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
    "FiresAtOrder",
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
    "IdOrder",
    "IndexOrder",
    "InvitationStatus",
    "InvitationView",
    "ItemFigures",
    "ItemView",
    "KeptBy",
    "KeptList",
    "KeptView",
    "KeyChange",
    "KeyView",
    "KillSwitchChange",
    "KillSwitchView",
    "LastTool",
    "LeakOutcome",
    "LeakView",
    "LedgerKind",
    "LedgerStatus",
    "Left",
    "LimitAmount",
    "LimitSource",
    "ListApiKeysFieldsItem",
    "ListApprovalsFieldsItem",
    "ListArtifactsFieldsItem",
    "ListArtifactsStatus",
    "ListAuditFieldsItem",
    "ListBreakGlassAccessesFieldsItem",
    "ListBudgetsFieldsItem",
    "ListBudgetWarningsFieldsItem",
    "ListCheckpointsFieldsItem",
    "ListDeadLettersFieldsItem",
    "ListDeliveriesFieldsItem",
    "ListedAccess",
    "ListedApproval",
    "ListedApprovalExpired",
    "ListedApprovalFormType0",
    "ListedArtifact",
    "ListedArtifactStatus",
    "ListedAuditRow",
    "ListedAuditRowDetail",
    "ListedCheckpoint",
    "ListedConfiguration",
    "ListedDeadLetter",
    "ListedDeadLetterErrorType0",
    "ListedDelivery",
    "ListedExport",
    "ListedFiring",
    "ListedInvitation",
    "ListedKey",
    "ListedMember",
    "ListedMemberKind",
    "ListedRole",
    "ListedRun",
    "ListedRunBudget",
    "ListedRunErrorType0",
    "ListedRunExpired",
    "ListedRunInputType0",
    "ListedRunOverridesType0",
    "ListedRunOverridesType0AdditionalProperty",
    "ListedSchedule",
    "ListedScheduleInputType0",
    "ListedSecret",
    "ListedServiceAccount",
    "ListedStandingBudget",
    "ListedStep",
    "ListedStepErrorType0",
    "ListedStepExpired",
    "ListedStepSkipReasonType0",
    "ListedTask",
    "ListedTaskDefinition",
    "ListedTaskVersion",
    "ListedTaskVersionDefinition",
    "ListedTenant",
    "ListedTenantsDeadLetter",
    "ListedTenantsLine",
    "ListedToolSourceSummary",
    "ListedTrigger",
    "ListedTriggerCall",
    "ListedTriggerInputType0",
    "ListedTriggerPayloadFormType0",
    "ListedTurn",
    "ListedTurnExpired",
    "ListedTurnRequestType0",
    "ListedTurnResponseType0",
    "ListedUnreadable",
    "ListedWarning",
    "ListedWebhook",
    "ListGatewayConfigurationsFieldsItem",
    "ListInvitationsFieldsItem",
    "ListMembersFieldsItem",
    "ListPlatformAuditFieldsItem",
    "ListPlatformBreakGlassAccessesFieldsItem",
    "ListRolesFieldsItem",
    "ListRunArtifactsFieldsItem",
    "ListRunsFieldsItem",
    "ListRunStepsFieldsItem",
    "ListScheduleFiringsFieldsItem",
    "ListSchedulesFieldsItem",
    "ListSecretsFieldsItem",
    "ListServiceAccountsFieldsItem",
    "ListStepItemsFieldsItem",
    "ListStepTurnsFieldsItem",
    "ListTasksFieldsItem",
    "ListTaskVersionsFieldsItem",
    "ListTenantExportsFieldsItem",
    "ListTenantsDeadLettersFieldsItem",
    "ListTenantsFieldsItem",
    "ListTenantsLinesFieldsItem",
    "ListToolSourcesFieldsItem",
    "ListTriggerCallsFieldsItem",
    "ListTriggersFieldsItem",
    "ListUnreadableMessagesFieldsItem",
    "ListWebhooksFieldsItem",
    "LlmStep",
    "LlmStepResources",
    "MadeKind",
    "McpServer",
    "McpServerEnvironment",
    "McpServerRegistryType0",
    "McpServerTransport",
    "McpServerView",
    "Me",
    "MemberChange",
    "MemberView",
    "MemberViewKind",
    "MetricsBelow",
    "MonthlyStatement",
    "NameOrder",
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
    "NewToolSourceDocumentType0",
    "NewToolSourceEffects",
    "NewTrigger",
    "NewTriggerInput",
    "NewTriggerPayloadFormType0",
    "NewTriggerView",
    "NewTriggerViewInputType0",
    "NewTriggerViewPayloadFormType0",
    "NewUpload",
    "NewWebhook",
    "NewWebhookView",
    "NoopStep",
    "NoopStepResources",
    "NotFinal",
    "OpenAccess",
    "OpenedAtOrder",
    "OperationLeftOut",
    "OperationsKind",
    "OtherLines",
    "OutcomeDecision",
    "OutcomeView",
    "Overlap",
    "OwnTenant",
    "Package",
    "PageListedAccess",
    "PageListedApproval",
    "PageListedArtifact",
    "PageListedAuditRow",
    "PageListedConfiguration",
    "PageListedDeadLetter",
    "PageListedDelivery",
    "PageListedExport",
    "PageListedFiring",
    "PageListedInvitation",
    "PageListedKey",
    "PageListedMember",
    "PageListedRole",
    "PageListedRun",
    "PageListedSchedule",
    "PageListedSecret",
    "PageListedServiceAccount",
    "PageListedStandingBudget",
    "PageListedStep",
    "PageListedTask",
    "PageListedTaskVersion",
    "PageListedTenant",
    "PageListedTenantsDeadLetter",
    "PageListedTenantsLine",
    "PageListedToolSourceSummary",
    "PageListedTrigger",
    "PageListedTriggerCall",
    "PageListedTurn",
    "PageListedUnreadable",
    "PageListedWarning",
    "PageListedWebhook",
    "PageRunEventView",
    "PageStatementSummary",
    "PageStepTimes",
    "PartView",
    "PauseReason",
    "Permission",
    "PermissionList",
    "PermissionView",
    "PlatformSwitchView",
    "PositionOrder",
    "Priority",
    "Problem",
    "ProblemFault",
    "ProposeConfiguration",
    "ProviderPolicy",
    "Quota",
    "QuotaList",
    "QuotaPolicy",
    "QuotaScope",
    "QuotaView",
    "RateLimits",
    "ReadBy",
    "ReadByStep",
    "ReceivedAtOrder",
    "RecoveryPolicy",
    "RedisAway",
    "RedriveMany",
    "Redriven",
    "RedrivenList",
    "RedrivenOutcome",
    "RefusalReason",
    "Reject",
    "RemarkView",
    "RequestedAtOrder",
    "RequestUsage",
    "ResourceList",
    "ResourceView",
    "ResumePoint",
    "RetentionBounds",
    "RetentionPolicy",
    "Retry",
    "RetryRun",
    "Role",
    "RoleView",
    "RootCause",
    "RootCauseErrorType0",
    "Rotation",
    "RunComparison",
    "RunEventType",
    "RunEventView",
    "RunEventViewData",
    "RunMetrics",
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
    "ScopeKind",
    "ScopeOrder",
    "ScopeRates",
    "SecretView",
    "ServiceAccountChange",
    "ServiceAccountView",
    "SourceToolView",
    "SourceToolViewMethodType0",
    "SpanView",
    "SpanViewAttributes",
    "SpanViewKind",
    "SpanViewStatus",
    "StallCause",
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
    "TaskSecret",
    "TaskView",
    "TaskViewDefinition",
    "TenantBounds",
    "TenantChange",
    "TenantEventType",
    "TenantIdOrder",
    "TenantQuotas",
    "TenantsDeadLetterView",
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
    "ToolCallStatus",
    "ToolEffect",
    "ToolEffectView",
    "ToolLimitsView",
    "ToolList",
    "ToolSourceKind",
    "ToolSourceView",
    "ToolStep",
    "ToolStepArguments",
    "ToolStepResources",
    "ToolStepWorkspaceType0Type1",
    "ToolSucceeded",
    "ToolView",
    "ToolViewArguments",
    "ToolViewResult",
    "ToolViewUnusableAgents",
    "TracePage",
    "TriggerChange",
    "TriggerChangeInputType0",
    "TriggerChangePayloadFormType0",
    "TriggerView",
    "TriggerViewInputType0",
    "TriggerViewPayloadFormType0",
    "TurnOrder",
    "TurnView",
    "TurnViewExpired",
    "TurnViewRequestType0",
    "TurnViewResponseType0",
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
    "UsageSource",
    "UserQuotas",
    "Verification",
    "VersionOrder",
    "Wait",
    "WaitReason",
    "WarnedAtOrder",
    "WebhookChange",
    "WebhookStatus",
    "WebhookView",
    "WholeDeliveryView",
    "WholeDeliveryViewPayload",
    "WholeScheduleView",
    "WholeScheduleViewInputType0",
    "WorkerBreakerView",
    "WorkerList",
    "WorkerStatus",
    "WorkerView",
    "WorstCaseView",
)
