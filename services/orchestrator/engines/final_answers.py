"""The last answer of a step that asks for a form: read, checked, and where it is wrong told to the model."""

import asyncio
from typing import Any

from foundation.contracts.accepted.accepted_json import NotAccepted, parse_json
from foundation.contracts.accepted.sentences import first_of
from foundation.contracts.forms import data_faults
from foundation.contracts.steps.final_output import FinalOutput
from foundation.domain.failures import FailureCode
from orchestrator.work import TickFailed

_TOLD_FAULTS = 5
_CUT = "length"
NO_TEXT = "(no text)"
"""What stands for an empty answer that the model is told about: no provider takes a message without a text."""


class WrongAnswer(Exception):
    """The answer is no JSON, or does not satisfy the schema; `detail` is what the model is told."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


async def read_answer(text: str, wanted: FinalOutput, *, finish_reason: str | None = None) -> Any:
    """The data of an answer in JSON; `WrongAnswer` with the places where it is wrong."""
    try:
        data = parse_json(text)
    except NotAccepted as error:
        cut = "; it was cut off, so give a shorter one" if finish_reason == _CUT else ""
        raise WrongAnswer(f"the answer is not JSON that can be read: {error}{cut}") from error
    await check_data(data, wanted)
    return data


async def check_data(data: Any, wanted: FinalOutput) -> None:
    """`WrongAnswer` when the data does not satisfy the schema."""
    # The check may take a while, and other steps run in this loop.
    faults = await asyncio.to_thread(data_faults, wanted.schema_, data)
    if faults:
        told = first_of([f"{fault.pointer or 'the whole'}: {fault.detail}" for fault in faults], most=_TOLD_FAULTS)
        raise WrongAnswer(f"the answer does not satisfy the schema: {told}")


def form_of_answer(wanted: FinalOutput) -> dict[str, Any]:
    """The request's member by which a provider is asked for an answer of this form."""
    return {"type": "json_schema", "json_schema": {"name": "output", "schema": wanted.schema_}}


def formed_output(text: str, data: Any, files: list[Any], *, finish_reason: str | None) -> dict[str, Any]:
    """The step's output: `data` is what was checked."""
    return {"text": text, "data": data, "files": files, "finish_reason": finish_reason}


def never_right(wrong: str, wanted: FinalOutput, *, output: dict[str, Any]) -> TickFailed:
    """The failure of a step whose model was told often enough; `output` keeps what it said last."""
    detail = f"the model was told {wanted.corrections} times what is wrong with its answer, and it still is: {wrong}"
    return TickFailed(FailureCode.OUTPUT_INVALID, detail, output=output)
