from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.outcome_decision import OutcomeDecision
from ..models.step_status import StepStatus

T = TypeVar("T", bound="OutcomeView")


@_attrs_define
class OutcomeView:
    """The decision, and where the step is with it.

    Attributes:
        run_id (UUID):
        step_id (UUID):
        step (str):
        status (StepStatus): Where a step is.
        job_id (UUID):
        decision (OutcomeDecision): What is done about a call that was started and whose outcome is unknown.

            It is made once more, or is taken to have happened, or fails its step.
    """

    run_id: UUID
    step_id: UUID
    step: str
    status: StepStatus
    job_id: UUID
    decision: OutcomeDecision
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        run_id = str(self.run_id)

        step_id = str(self.step_id)

        step = self.step

        status = self.status.value

        job_id = str(self.job_id)

        decision = self.decision.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "run_id": run_id,
                "step_id": step_id,
                "step": step,
                "status": status,
                "job_id": job_id,
                "decision": decision,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        run_id = UUID(d.pop("run_id"))

        step_id = UUID(d.pop("step_id"))

        step = d.pop("step")

        status = StepStatus(d.pop("status"))

        job_id = UUID(d.pop("job_id"))

        decision = OutcomeDecision(d.pop("decision"))

        outcome_view = cls(
            run_id=run_id,
            step_id=step_id,
            step=step,
            status=status,
            job_id=job_id,
            decision=decision,
        )

        outcome_view.additional_properties = d
        return outcome_view

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
