"""Steps that do nothing."""

from typing import Literal

from foundation.contracts.steps.base import StepBase


class NoopStep(StepBase):
    """Does nothing; measures what a durable step costs."""

    kind: Literal["noop"]
