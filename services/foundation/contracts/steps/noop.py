"""Steps that do nothing."""

from typing import Literal

from foundation.contracts.steps.base import StepBase


class NoopStep(StepBase):
    """Does nothing; measures what it costs to claim, record and complete a step."""

    kind: Literal["noop"]
