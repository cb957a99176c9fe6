"""Executions of the run machine: what they promise, Step Functions, and some in memory."""

from foundation.cloud.executions.base import Described as Described
from foundation.cloud.executions.base import execution_name as execution_name
from foundation.cloud.executions.step_functions import StepFunctionsExecutions as Executions

__all__ = ["Described", "Executions", "execution_name"]
