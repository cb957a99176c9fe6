"""Tools as an agent may be given them: with a rule by which people approve its calls, and with what they do."""

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.expressions.evaluation import is_expression
from foundation.contracts.message import OBJECT, TEXT, Message, shape_of
from foundation.contracts.steps.approval import MAX_EXPIRY_SECONDS, WEEK_SECONDS, role_faults
from foundation.contracts.steps.base import Place, Text
from foundation.contracts.tools.catalogue import ToolName
from foundation.domain.errors import Fault
from foundation.domain.ids import UserId
from foundation.domain.permissions import Role
from foundation.domain.states import ExpiryPolicy
from foundation.domain.tools import ToolEffect

CALL_NAME = frozenset({"call"})
"""What the expressions of a rule may read besides: the call, `{tool, arguments}`."""

ALWAYS = "always"


class ApprovalRule(Message):
    """Who approves a call and for how long they are asked; with `when`, only calls for which that is true.

    Without roles and users every member but viewers may decide.
    """

    when: Text | None = None
    message: Text = ""
    roles: list[Role] = Field(default=[], max_length=4)
    users: list[UserId] = Field(default=[], max_length=100)
    expires_in: int = Field(default=WEEK_SECONDS, ge=1, le=MAX_EXPIRY_SECONDS)
    on_expiry: ExpiryPolicy = ExpiryPolicy.FAIL


class AgentTool(Message):
    """A tool; `approve` is `always`, one expression that is true for calls to approve, or a whole rule.

    `effect` is what running it twice would mean here, where that is not what the tool itself says.
    """

    name: ToolName
    approve: Annotated[
        Annotated[ApprovalRule, Tag(OBJECT)] | Annotated[Text | None, Tag(TEXT)], Discriminator(shape_of)
    ] = None
    effect: ToolEffect | None = None

    def rule(self) -> ApprovalRule | None:
        """The rule as a whole; None for a tool whose calls nobody approves."""
        if self.approve is None or isinstance(self.approve, ApprovalRule):
            return self.approve
        return ApprovalRule(when=None if self.approve == ALWAYS else self.approve)

    def faults(self, at: Place) -> list[Fault]:
        at = (*at, "approve")
        rule = self.rule()
        if rule is None:
            return []
        faults = role_faults(rule.roles, at)
        if rule.when is not None and not is_expression(rule.when):
            place = (*at, "when") if isinstance(self.approve, ApprovalRule) else at
            reason = "write always, or one expression, such as ${contains(call.arguments.code, 'open(')}"
            faults.append(Fault(pointer_of(place), reason))
        return faults
