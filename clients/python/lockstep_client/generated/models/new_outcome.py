from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.outcome_decision import OutcomeDecision
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewOutcome")


@_attrs_define
class NewOutcome:
    """What somebody says of a tool that was started and of which nobody knows what it did.

    `retry` has it started once more, `accept` takes it to have succeeded with this `result`, `fail` fails its step.

        Attributes:
            decision (OutcomeDecision): What is done about a call that was started and whose outcome is unknown.

                It is made once more, or is taken to have happened, or fails its step.
            result (Any | Unset): of `accept`: what the tool has given, as `result` of its output
            comment (None | str | Unset):
    """

    decision: OutcomeDecision
    result: Any | Unset = UNSET
    comment: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        decision = self.decision.value

        result = self.result

        comment: None | str | Unset
        if isinstance(self.comment, Unset):
            comment = UNSET
        else:
            comment = self.comment

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "decision": decision,
            }
        )
        if result is not UNSET:
            field_dict["result"] = result
        if comment is not UNSET:
            field_dict["comment"] = comment

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        decision = OutcomeDecision(d.pop("decision"))

        result = d.pop("result", UNSET)

        def _parse_comment(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        comment = _parse_comment(d.pop("comment", UNSET))

        new_outcome = cls(
            decision=decision,
            result=result,
            comment=comment,
        )

        return new_outcome
