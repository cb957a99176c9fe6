"""Steps that wait for a person's decision."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.accepted.shown_text import hidden_in_lines
from foundation.contracts.expressions.evaluation import ExpressionError, parts_of
from foundation.contracts.forms import data_faults, form_faults
from foundation.contracts.steps.base import Place, StepBase, Text, below
from foundation.domain.errors import Fault
from foundation.domain.ids import UserId
from foundation.domain.permissions import DECIDING_ROLES, Role
from foundation.domain.states import ExpiryPolicy

WEEK_SECONDS = 604_800
MAX_EXPIRY_SECONDS = 2_592_000


class ApprovalStep(StepBase):
    """Asks somebody, and waits without a worker until one of `roles` or `users` decides, or the request expires.

    Without roles and users every member but viewers may decide. `form` is a JSON Schema for the decision's data.
    """

    kind: Literal["approval"]
    message: Text
    roles: list[Role] = Field(default=[], max_length=4)
    users: list[UserId] = Field(default=[], max_length=100)
    form: Annotated[dict[str, Any], Field(description="a JSON Schema of draft 2020-12")] | None = None
    expires_in: int = Field(default=WEEK_SECONDS, ge=1, le=MAX_EXPIRY_SECONDS)
    on_expiry: ExpiryPolicy = ExpiryPolicy.FAIL

    @property
    def wait_seconds(self) -> int:
        return self.expires_in

    def faults(self, at: Place) -> list[Fault]:
        faults = super().faults(at)
        if self.foreach is not None:
            reason = "an approval asks once; put the list into its message, or ask in a step before"
            faults.append(Fault(pointer_of((*at, "foreach")), reason))
        if self.resources:
            reason = "an approval takes nothing, as no worker holds it while it waits"
            faults.append(Fault(pointer_of((*at, "resources")), reason))
        if not self.message.strip():
            faults.append(Fault(pointer_of((*at, "message")), "nobody would know what is asked; write a message"))
        elif (why := hidden_in_lines(_as_written(self.message))) is not None:
            faults.append(Fault(pointer_of((*at, "message")), why))
        faults += role_faults(self.roles, at)
        if self.form is None:
            return faults
        if wrong := form_faults(self.form):
            return [*faults, *below(pointer_of((*at, "form")), wrong)]
        if self.on_expiry is ExpiryPolicy.APPROVE and data_faults(self.form, {}):
            reason = "an approval by expiry gives no data, and the form requires some"
            faults.append(Fault(pointer_of((*at, "on_expiry")), reason))
        return faults

    def templates(self) -> dict[str, Any]:
        """Without the form: a `${…}` in a schema, such as the end of a pattern, is its own."""
        return {name: value for name, value in super().templates().items() if name != "form"}


def _as_written(message: str) -> str:
    """What is in the message whatever its expressions give: each is a letter here, which could be seen."""
    try:
        parts = parts_of(message)
    except ExpressionError:
        return message  # told where expressions are looked at
    return "".join(part if isinstance(part, str) else "é" for part in parts)


def role_faults(roles: Sequence[Role], at: Place) -> list[Fault]:
    """One for each role whose members may never decide."""
    return [
        Fault(pointer_of((*at, "roles", place)), f"a {role} may not decide")
        for place, role in enumerate(roles)
        if role not in DECIDING_ROLES
    ]
