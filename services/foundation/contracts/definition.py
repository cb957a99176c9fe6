"""A task's definition: its steps, what they need, and the limits of a run."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.expressions.evaluation import LITERAL_REMEDY, ExpressionError, expressions_in, steps_read_by
from foundation.contracts.message import Message
from foundation.contracts.tools.catalogue import TOOLS
from foundation.contracts.tools.files import written_file_faults
from foundation.domain.errors import Fault
from foundation.domain.money import amount_text, dollars, nano_usd
from foundation.domain.plan import Node, faults_of, transitive_needs, turns_per_dispatch
from foundation.domain.states import RecoveryPolicy, TimeoutPolicy

MAX_STEPS = 500
MAX_DEPENDENCIES = 10_000
MAX_INSTRUCTIONS = 32_768
MAX_STEP_SECONDS = 39_600
MAX_RUN_SECONDS = 2_592_000
MAX_VERSION = 2**31 - 1


def _dollars(value: object) -> str:
    return dollars(nano_usd(amount_text(value)))


def _tool(name: str) -> str:
    if name not in TOOLS:
        raise ValueError(f"unknown tool {name!r}; known are {', '.join(sorted(TOOLS))}")
    return name


Dollars = Annotated[
    str,
    BeforeValidator(_dollars),
    Field(json_schema_extra={"pattern": r"^[0-9]{1,7}(\.[0-9]{1,9})?$", "description": "decimal dollars, as a string"}),
]
ToolName = Annotated[str, AfterValidator(_tool), Field(json_schema_extra={"enum": sorted(TOOLS)})]
StepName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$")]
Text = Annotated[str, Field(max_length=MAX_INSTRUCTIONS)]
ModelName = Annotated[str, Field(min_length=1, max_length=120)]


class Budget(Message):
    """Limits of a run or a step; what is left out sets no limit."""

    tokens: Annotated[int, Field(strict=True, ge=0, le=9 * 10**15)] | None = None
    cost_usd: Dollars | None = None

    def nano(self) -> int | None:
        return None if self.cost_usd is None else nano_usd(self.cost_usd)


class StepBase(Message):
    name: StepName
    needs: list[StepName] = Field(default=[], max_length=MAX_STEPS)
    timeout_seconds: int = Field(default=300, ge=1, le=MAX_STEP_SECONDS)
    budget: Budget | None = None

    @property
    def turns(self) -> int:
        """The most dispatches that the step can take."""
        return 1


class NoopStep(StepBase):
    """Does nothing; measures what a durable step costs."""

    kind: Literal["noop"]


class ToolStep(StepBase):
    """Runs one tool once; `arguments.files` are staged for it. What the tool calls literal is no template."""

    kind: Literal["tool"]
    tool: ToolName
    arguments: dict[str, Any] = Field(default_factory=dict)


class LlmStep(StepBase):
    """Asks a model once."""

    kind: Literal["llm"]
    model: ModelName = "default"
    instructions: Text = ""
    prompt: Text
    max_tokens: int = Field(default=1024, ge=1, le=200_000)


class AgentStep(StepBase):
    """Lets a model act in turns, with tools, until it answers or its turns are used up."""

    kind: Literal["agent"]
    model: ModelName = "default"
    instructions: Text
    prompt: Text = ""
    tools: list[ToolName] = Field(default=[], max_length=32)
    files: str | list[Any] = Field(default_factory=list)
    max_turns: int = Field(default=12, ge=1, le=200)
    max_tokens: int = Field(default=2048, ge=1, le=200_000)

    @property
    def turns(self) -> int:
        return self.max_turns


Step = Annotated[NoopStep | ToolStep | LlmStep | AgentStep, Field(discriminator="kind")]


class TaskDefinition(Message):
    """What a task does. Unknown keys are refused; the graph is checked by `definition_faults`."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    description: Text = ""
    budget: Budget = Budget()
    timeout_seconds: int = Field(default=1800, ge=1, le=MAX_RUN_SECONDS)
    on_timeout: TimeoutPolicy = TimeoutPolicy.GRACEFUL
    on_step_failure: RecoveryPolicy = RecoveryPolicy.SKIP_DEPENDENTS
    steps: list[Step] = Field(min_length=1, max_length=MAX_STEPS)

    @field_validator("steps", mode="after")
    @classmethod
    def _needs_are_short(cls, steps: list[Step]) -> list[Step]:
        if (needs := sum(len(step.needs) for step in steps)) > MAX_DEPENDENCIES:
            raise ValueError(
                f"the steps have {needs} dependencies (needs) together; at most {MAX_DEPENDENCIES} are taken"
            )
        return steps

    def nodes(self) -> list[Node]:
        return [Node(step.name, tuple(step.needs), step.turns) for step in self.steps]

    def step(self, name: str) -> Step:
        return next(step for step in self.steps if step.name == name)


def definition_faults(definition: TaskDefinition) -> list[Fault]:
    """What the shape alone cannot show: cycles, missing needs, references outside the needs, plans too long to run."""
    nodes = definition.nodes()
    faults = faults_of(nodes)
    if faults:
        return faults
    before = transitive_needs(nodes)
    for index, step in enumerate(definition.steps):
        faults += _step_faults(step, ("steps", index), allowed=before[step.name])
    if not faults and turns_per_dispatch(nodes) is None:
        faults.append(Fault("/steps", "the plan's worst case does not fit one execution's history of 25,000 events"))
    return faults


def _step_faults(step: Step, at: tuple[str | int, ...], *, allowed: frozenset[str]) -> list[Fault]:
    document = step.model_dump(mode="json", exclude={"name", "needs", "kind"})
    faults = []
    if isinstance(step, ToolStep):
        faults += _argument_faults(step, pointer_of((*at, "arguments")))
        for name in TOOLS[step.tool].arguments.literal:
            document["arguments"].pop(name, None)
    if isinstance(step, LlmStep) and not f"{step.prompt}{step.instructions}".strip():
        faults.append(Fault(pointer_of((*at, "prompt")), "the model is asked nothing; write a prompt or instructions"))
    if isinstance(step, AgentStep):
        faults += _below(pointer_of((*at, "files")), written_file_faults(step.files or None))
        if step.files and not step.tools:
            faults.append(Fault(pointer_of((*at, "files")), "only tools read files; name one in `tools`"))
    for pointer, expression in expressions_in(document, at):
        faults += _reference_faults(pointer, expression, allowed=allowed)
    return faults


def _argument_faults(step: ToolStep, pointer: str) -> list[Fault]:
    """Arguments that can never be right; what an expression will give is judged when it is there."""
    own = {name: value for name, value in step.arguments.items() if name != "files"}
    faults = TOOLS[step.tool].faults(own, expressions=True)
    taken = TOOLS[step.tool].arguments.names_taken(step.arguments)
    files = written_file_faults(step.arguments.get("files"), taken=taken)
    return [*_below(pointer, faults), *_below(f"{pointer}/files", files)]


def _below(pointer: str, faults: list[Fault]) -> list[Fault]:
    return [Fault(pointer + fault.pointer, fault.detail) for fault in faults]


def _reference_faults(pointer: str, expression: str | ExpressionError, *, allowed: frozenset[str]) -> list[Fault]:
    if isinstance(expression, ExpressionError):
        return [Fault(pointer, str(expression))]
    try:
        read = steps_read_by(expression)
    except ExpressionError as error:
        return [Fault(pointer, f"{error}; {LITERAL_REMEDY}")]
    return [
        Fault(pointer, f"${{{expression}}} reads step {name!r}, which is not among what this step needs")
        for name in sorted(read - allowed)
    ]
