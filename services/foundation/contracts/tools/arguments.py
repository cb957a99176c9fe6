"""The base of every tool's arguments, and the one check of them for definitions, models and the runtime.

A definition's arguments are checked when the task is made, a model's when it calls the tool, and whatever comes of
expressions before the job is sent. The runtime checks again what it is sent.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from foundation.contracts.accepted.accepted_json import NotAccepted, accept, accept_text, pointer_of
from foundation.contracts.accepted.unions import PlacedError, placed
from foundation.contracts.expressions.evaluation import holds_expression, is_expression
from foundation.domain.errors import Fault
from foundation.domain.words.quoting import quoted

INPUTS_NAME = "inputs.json"
"""The file below `/work/in` in which a program finds its `inputs`."""
DEFAULT_SECONDS, MAX_SECONDS = 60, 3600

OF_THE_JOB = frozenset({"in", "out", "main.py", "main.js"})
"""The names directly below `/work` that belong to each job, and that no workspace carries to the next one."""

RESULT_PLACE = "out/result.json"
"""Where a tool of ours writes its result."""

StorableText = Annotated[str, AfterValidator(accept_text)]
Json = Annotated[Any, AfterValidator(accept)]


class ToolArguments(BaseModel):
    """Strict: a text is no number, and an argument that the tool does not know is refused.

    What is named in `literal` is handed over as it is written: `${…}` in it belongs to whoever reads it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    literal: ClassVar[frozenset[str]] = frozenset()

    timeout_seconds: int = Field(
        default=DEFAULT_SECONDS, ge=1, le=MAX_SECONDS, description="the program is stopped after it"
    )

    @classmethod
    def names_taken(cls, given: Container[str]) -> Iterator[str]:  # noqa: ARG003 - for those that take some
        """The names below `/work/in` that the arguments given, by their names, take for themselves."""
        yield from ()

    @classmethod
    def addresses(cls, given: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any]]:  # noqa: ARG003 - as above
        """Where these arguments, not yet checked, have addresses that every call asks for, and what is there."""
        yield from ()

    def files_needed(self) -> Sequence[str]:
        """The names of staged files without which the call cannot be made."""
        return ()


class ProgramArguments(ToolArguments):
    """Arguments of a tool whose text is a program. Values reach it as data, never as a part of the text."""

    literal: ClassVar[frozenset[str]] = frozenset({"code"})

    inputs: Json = Field(default=None, description=f"any JSON value; the program finds it in /work/in/{INPUTS_NAME}")

    @classmethod
    def names_taken(cls, given: Container[str]) -> Iterator[str]:
        if "inputs" in given:
            yield INPUTS_NAME

    def input_files(self) -> Iterator[str]:
        """The names below `/work/in` that these arguments take for themselves."""
        return self.names_taken(self.model_fields_set)


def faults_of(tool: str, model: type[ToolArguments], arguments: Any, *, expressions: bool) -> list[Fault]:
    """What is wrong with the arguments, each with its place below them.

    With `expressions`, what an expression will give is not known yet: its place is not judged, unless only text can
    come of it where no text may be.
    """
    try:
        model.model_validate(arguments)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=True)
        told = placed(found, arguments)
        return [_fault(tool, one) for one in told if not (expressions and any(map(_is_open, one.errors)))]
    return []


def _fault(tool: str, found: PlacedError) -> Fault:
    error, place = found.errors[0], found.place
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, NotAccepted):
        return Fault(pointer_of(place) + cause.pointer, cause.reason)
    *above, name = place or ("",)
    if error["type"] == "missing":
        return Fault(pointer_of(above), f"{tool} needs {quoted(name)}")
    words = f"{tool} takes no {quoted(name)}" if error["type"] == "extra_forbidden" else found.sentence
    return Fault(pointer_of(place), words)


def _is_open(error: ErrorDetails) -> bool:
    if error["type"] in {"extra_forbidden", "missing"}:
        return False
    value = error["input"]
    return is_expression(value) or (holds_expression(value) and not error["type"].endswith("_type"))
