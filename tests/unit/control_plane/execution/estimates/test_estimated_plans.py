"""What a planned run takes is bounded from both sides, by its own rules and by its budget, whatever its definition."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from control_plane.execution.estimates.below import MAX_TASKS, MAX_WALKED_STEPS, Below
from control_plane.execution.estimates.planned import MAX_REMARKS, RunPlan
from control_plane.execution.estimates.ranges import Range
from control_plane.execution.estimates.sums import RunSum, StepSum, Summing
from control_plane.execution.estimates.texts import MOST_TEXT, KnownInput
from control_plane.execution.estimates.walking import Walk
from fixtures.running.rows import NOON
from foundation.contracts.definition import TaskDefinition, definition_faults
from foundation.contracts.gateway.call_estimates import CallBounds, CallShape
from foundation.contracts.steps.base import Budget
from foundation.domain.ids import TaskId
from foundation.domain.money import NOTHING, Amount
from foundation.storage.tasks import Task

LLM = {"name": "ask", "kind": "llm", "prompt": "How many?"}
AGENT = {"name": "explore", "kind": "agent", "instructions": "Look.", "tools": ["code.python"], "max_turns": 5}
TOOL = {"name": "count", "kind": "tool", "tool": "code.python", "arguments": {"code": "print(1)"}}
LONGEST_REQUEST = 10_000_000


def price(shape: CallShape) -> CallBounds:
    """One token a byte, three attempts, and two nano-dollars a token; the model `nobody` is not served."""
    if shape.model == "nobody":
        return CallBounds(least=NOTHING, most=NOTHING, smooth=NOTHING, refused="there is no model 'nobody'")
    most = 3 * ((LONGEST_REQUEST if shape.text.most is None else shape.text.most) + shape.max_output)
    smooth = min(shape.text.smooth, LONGEST_REQUEST) + shape.max_output
    return CallBounds(least=Amount(1, 1), most=Amount(most, 2 * most), smooth=Amount(smooth, 2 * smooth))


def defined(*steps: dict[str, Any], **task: Any) -> TaskDefinition:
    definition = TaskDefinition.model_validate({"name": "a task", "steps": list(steps), **task})
    assert definition_faults(definition) == []
    return definition


def planned(definition: TaskDefinition, given_input: Any = None, *, below: Below | None = None) -> RunPlan:
    return Walk(below or Below({})).run(
        definition, KnownInput(given_input), budget=definition.budget, timeout_seconds=definition.timeout_seconds
    )


def summed(plan: RunPlan, *, budgets_hold: bool = True) -> RunSum:
    return Summing({shape: price(shape) for shape in plan.shapes()}, budgets_hold=budgets_hold).run(plan)


def estimated(*steps: dict[str, Any], given_input: Any = None, **task: Any) -> RunSum:
    return summed(planned(defined(*steps, **task), given_input))


def of_step(run: RunSum, name: str) -> StepSum:
    return next(step for step in run.steps if step.plan.name == name)


def a_task(definition: TaskDefinition, task_id: UUID | None = None) -> tuple[Task, TaskDefinition]:
    document = definition.model_dump(mode="json")
    return Task(TaskId(task_id or uuid4()), definition.name, 1, document, 1, NOON, NOON, None), definition


def test_a_step_that_asks_once_is_asked_again_as_often_as_it_is_tried() -> None:
    assert estimated(LLM).figures.turns == Range(1, 5, 1)
    assert estimated({**LLM, "retry": {"attempts": 2}}).figures.turns == Range(1, 2, 1)


def test_a_wrong_answer_is_corrected_and_with_a_retry_for_it_asked_for_anew() -> None:
    formed = {**LLM, "output": {"schema": {"type": "object"}, "corrections": 2}}
    assert estimated(formed).figures.turns == Range(1, 5 + 2 + 4, 1)
    anew = {"attempts": 3, "on": ["transient", "model_answer_invalid"]}
    assert estimated({**formed, "retry": anew}).figures.turns == Range(1, 3 + 3 * 2, 1)


def test_an_agent_asks_in_each_of_its_turns_and_once_more_for_each_attempt() -> None:
    run = estimated({**AGENT, "context_tokens": 1000})
    assert run.figures.turns == Range(1, 5 + 4, 5)
    smooth = run.figures.tokens.smooth
    assert smooth is not None
    assert 5 * 4 * 1000 < smooth < 5 * (4 * 1000 + 2048 + 2000)
    assert [one.step for one in run.remarks.loose] == ["explore"]


def test_a_crew_asks_as_often_as_it_may_for_each_attempt_and_at_least_once_for_each_task() -> None:
    agents = [{"name": name, "role": name, "goal": "Do.", "max_tokens": size} for name, size in (("a", 10), ("b", 99))]
    tasks = [{"name": f"t{i}", "description": "d", "expected_output": "e", "agent": "a"} for i in range(3)]
    run = estimated({"name": "crew", "kind": "crew", "agents": agents, "tasks": tasks, "max_turns": 7})
    assert run.figures.turns == Range(3, 35, 7)
    # Whoever of them is asked, it is no dearer than the dearest.
    assert run.figures.tokens.most == 35 * 3 * (LONGEST_REQUEST + 99)


@pytest.mark.parametrize(("given_input", "runs"), [({"go": True}, (1, 1)), ({"go": False}, (0, 0)), (None, (0, 1))])
def test_a_condition_over_the_input_is_decided_where_the_input_is_known(
    given_input: Any, runs: tuple[int, int]
) -> None:
    run = estimated({**LLM, "when": "${input.go}"}, given_input=given_input)
    assert (of_step(run, "ask").plan.runs.least, of_step(run, "ask").plan.runs.most) == runs
    assert run.figures.turns.least == runs[0]


@pytest.mark.parametrize(
    ("given_input", "runs", "rounds"),
    [({"rows": [1, 2, 3]}, Range(3, 3, 3), 2), ({"rows": []}, Range(0, 0, 0), 0), (None, Range(0, 1000, 1000), 500)],
)
def test_a_list_over_the_input_is_counted_where_the_input_is_known(given_input: Any, runs: Range, rounds: int) -> None:
    each = {**LLM, "foreach": "${input.rows}", "max_parallel": 2, "timeout_seconds": 7}
    step = of_step(estimated(each, given_input=given_input), "ask")
    assert (step.plan.runs, step.seconds.most) == (runs, rounds * 7)


def test_each_item_is_read_for_its_length() -> None:
    each = {**LLM, "foreach": "${input.rows}", "prompt": "Say ${item} at ${index}"}
    short = estimated(each, given_input={"rows": ["x", "y"]}).figures.tokens
    long = estimated(each, given_input={"rows": ["x", "y" * 101]}).figures.tokens
    assert short.most is not None
    assert long.most is not None
    # The longest of them counts for each, in each of five tries, in each of which the gateway makes three attempts.
    assert long.most - short.most == 2 * 5 * 3 * 100


def test_a_text_that_only_the_run_knows_is_as_long_as_a_value_can_be_and_says_so() -> None:
    reads = {**LLM, "needs": ["count"], "prompt": "Say ${steps.count.output.stdout}"}
    run = estimated(TOOL, reads)
    assert run.figures.tokens.most is not None
    assert run.figures.tokens.most >= 3 * 5 * MOST_TEXT
    assert [(one.step, one.reason) for one in run.remarks.loose] == [
        ("ask", "it reads what only the run knows, which may be as long as a value can be")
    ]


def test_what_may_be_left_out_may_leave_out_what_reads_it_and_nothing_else() -> None:
    maybe = {**LLM, "name": "maybe", "when": "${input.go}"}
    reads = {**LLM, "name": "reads", "needs": ["maybe"], "prompt": "${steps.maybe.output.text}"}
    follows = {**LLM, "name": "follows", "needs": ["maybe"]}
    run = estimated(maybe, reads, follows)
    assert {step.plan.name: step.figures.turns.least for step in run.steps} == {"maybe": 0, "reads": 0, "follows": 1}


def test_a_step_whose_failure_is_excused_may_ask_nothing() -> None:
    assert estimated({**LLM, "on_failure": "continue"}).figures.turns.least == 0


@pytest.mark.parametrize(
    ("step", "given_input", "reason"),
    [
        ({**LLM, "prompt": "Say ${input.word}"}, {}, "/prompt: ${input.word} is null, as there is no 'word'"),
        ({**LLM, "when": "${input.go}"}, {"go": 1}, "/when: ${input.go} gives neither true nor false"),
        ({**LLM, "foreach": "${input.rows}"}, {"rows": "x"}, "/foreach: ${input.rows} gives no list"),
        ({**LLM, "foreach": "${input.rows}"}, {"rows": [0] * 1001}, "/foreach: ${input.rows} gives 1001 items"),
        ({**LLM, "model": "nobody"}, {}, "there is no model 'nobody'"),
        ({**LLM, "model": "${input.model}"}, {"model": ""}, "/model: it gives no name of a model"),
        ({"name": "ask", "kind": "run", "task": "gone"}, {}, "no live task is named 'gone'"),
    ],
)
def test_a_step_that_will_fail_says_why_and_costs_nothing(step: dict[str, Any], given_input: Any, reason: str) -> None:
    below = Below({"gone": "no live task is named 'gone' or has it as its id"})
    run = summed(planned(defined(step), given_input, below=below))
    [remark] = run.remarks.would_fail
    assert (remark.step, remark.reason[: len(reason)]) == ("ask", reason)
    assert run.figures.nano_usd.most == 0


def test_a_model_that_only_the_run_knows_has_no_bound_but_the_budget() -> None:
    step = {**LLM, "model": "${input.model}"}
    free = estimated(step)
    assert (free.figures.nano_usd.most, free.figures.tokens.most) == (None, None)
    assert [one.reason for one in free.remarks.unbounded] == ["only the run knows which model it asks"]
    assert estimated(step, budget={"cost_usd": "0.000000007"}).figures.nano_usd == Range(0, 7, 7)
    assert estimated(step, given_input={"model": "default"}).figures.nano_usd.most is not None


def test_waits_for_people_are_named_and_not_counted() -> None:
    asks = {"name": "review", "kind": "approval", "message": "Well?", "expires_in": 60}
    agent = {**AGENT, "tools": [{"name": "code.python", "approve": "always"}]}
    once = {**TOOL, "effect": "once"}
    run = estimated(asks, agent, once, {**once, "name": "sure", "on_unknown_outcome": "fail"})
    assert [one.step for one in run.remarks.unbounded] == ["review", "explore", "count"]
    assert run.seconds.smooth == 300


def test_the_seconds_are_those_of_the_longest_path_and_never_more_than_the_runs() -> None:
    def noop(name: str, seconds: int, *needs: str) -> dict[str, Any]:
        return {"name": name, "kind": "noop", "timeout_seconds": seconds, "needs": list(needs)}

    steps = [noop("a", 10), noop("b", 200, "a"), noop("c", 50, "a"), noop("d", 5, "b", "c")]
    assert estimated(*steps).seconds == Range(0, 1800, 215)
    assert estimated(*steps, timeout_seconds=100).seconds == Range(0, 100, 100)


def test_a_budget_that_calls_may_pass_is_no_bound() -> None:
    plan = planned(defined(LLM, budget={"tokens": 5}))
    assert summed(plan).figures.tokens == Range(1, 5, 5)
    unbounded = summed(plan, budgets_hold=False).figures.tokens
    assert unbounded.most is not None
    assert unbounded.most > 5


def test_a_run_below_counts_within_its_own_budget_and_time() -> None:
    inner = defined(LLM, budget={"tokens": 100}, timeout_seconds=20)
    step = {"name": "below", "kind": "run", "task": "inner", "retry": {"attempts": 2}}
    run = summed(planned(defined(step), below=Below({"inner": a_task(inner)})))
    assert run.figures.tokens == Range(1, 200, 100)
    assert run.seconds.smooth == 20
    given = {**step, "budget": {"tokens": 7}, "timeout_seconds": 3}
    run = summed(planned(defined(given), below=Below({"inner": a_task(inner)})))
    assert (run.figures.tokens.most, run.seconds.smooth) == (14, 3)


def test_a_run_below_reads_the_input_that_its_step_gives_it() -> None:
    inner = defined({**LLM, "foreach": "${input.rows}"})
    below = Below({"inner": a_task(inner)})
    step = {"name": "below", "kind": "run", "task": "inner", "input": {"rows": "${input.of[:2]}"}}
    assert summed(planned(defined(step), {"of": [1, 2, 3]}, below=below)).figures.turns.least == 2
    assert summed(planned(defined(step), below=below)).figures.turns.least == 0


def test_tasks_that_start_each_other_over_and_over_are_walked_in_bounded_steps() -> None:
    """A thousand steps that each start a task of a thousand steps, and so on, to the end of what may stand below."""
    found: dict[str, tuple[Task, TaskDefinition] | str] = {"t8": a_task(defined(LLM))}
    for level in range(7, 0, -1):
        steps = [{"name": f"s{i}", "kind": "run", "task": f"t{level + 1}"} for i in range(1000)]
        found[f"t{level}"] = a_task(defined(*steps))
    run = summed(planned(found["t1"][1], below=Below(found)))  # type: ignore[arg-type]  # it has a task
    assert run.figures.turns.least == 1000**7
    assert run.figures.tokens.counted().most is None


def test_inputs_that_each_lead_elsewhere_are_walked_in_bounded_steps() -> None:
    inner = [{"name": f"s{i}", "kind": "run", "task": "last", "input": {"n": "${input.n}", "i": i}} for i in range(999)]
    below = Below({"inner": a_task(defined(*inner)), "last": a_task(defined(LLM))})
    steps = [{"name": f"s{i}", "kind": "run", "task": "inner", "input": {"n": i}} for i in range(999)]
    run = summed(planned(defined(*steps), {}, below=below))
    assert (run.figures.turns.least, run.remarks.unbounded) == (999 * 999, ())


def test_what_stands_below_beyond_the_steps_that_are_looked_at_has_no_bound() -> None:
    wide = defined(*({"name": f"s{i}", "kind": "noop"} for i in range(1000)))
    tasks = MAX_WALKED_STEPS // 1000 + 1
    steps = [{"name": f"s{i}", "kind": "run", "task": f"t{i}"} for i in range(tasks)]
    run = summed(planned(defined(*steps), below=Below({f"t{i}": a_task(wide) for i in range(tasks)})))
    [remark] = run.remarks.unbounded
    assert (remark.step, remark.reason) == (f"s{tasks - 1}", "more steps stand below it than are looked at")
    assert run.figures.tokens.most is None


def test_a_task_that_would_run_itself_or_was_not_read_has_no_bound() -> None:
    step = {"name": "below", "kind": "run", "task": "inner"}
    task_id = uuid4()
    below = Below({"inner": a_task(defined(step), task_id)})
    run = summed(planned(defined(step), below=below))
    assert [(one.step, one.reason) for one in run.remarks.unbounded] == [
        ("below/below", "the task would run itself, and again in that run")
    ]
    assert run.figures.tokens.most is None
    run = summed(planned(defined(step), below=Below({})))
    assert [one.reason for one in run.remarks.unbounded] == [
        f"more than {MAX_TASKS} tasks stand below, which are not all looked at"
    ]


def test_expressions_that_take_long_count_as_unknown_once_the_time_is_over() -> None:
    known = KnownInput({"word": "x"}, until=0.0)
    plan = Walk(Below({})).run(defined({**LLM, "prompt": "${input.word}"}), known, budget=Budget(), timeout_seconds=1)
    assert [one.step for one in summed(plan).remarks.loose] == ["ask"]


def test_remarks_beyond_the_hundredth_are_counted() -> None:
    steps = [{**LLM, "name": f"s{i}", "model": "nobody"} for i in range(150)]
    remarks = estimated(*steps).remarks
    assert (len(remarks.would_fail), remarks.left_out) == (MAX_REMARKS, 50)


KINDS = [LLM, AGENT, TOOL, {"name": "wait", "kind": "approval", "message": "m"}, {"name": "no", "kind": "noop"}]


@st.composite
def definitions(draw: st.DrawFn) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = []
    for place in range(draw(st.integers(1, 8))):
        step: dict[str, Any] = {**draw(st.sampled_from(KINDS)), "name": f"s{place}"}
        step["needs"] = draw(st.lists(st.sampled_from([one["name"] for one in steps]), unique=True)) if steps else []
        if draw(st.booleans()):
            step["when"] = draw(st.sampled_from(["${input.go}", "${input.stop}"]))
        if draw(st.booleans()) and step["kind"] != "approval":
            step["foreach"] = "${input.rows}"
        if draw(st.booleans()):
            step["budget"] = {"tokens": draw(st.integers(0, 10_000))}
        if step["kind"] == "llm" and step["needs"] and draw(st.booleans()):
            step["prompt"] = f"${{steps.{step['needs'][0]}.output.text}}"
        steps.append(step)
    return steps


INPUTS = st.sampled_from([None, {"go": True, "stop": False, "rows": [1, 2]}, {"go": False, "stop": 1, "rows": 3}])


@settings(max_examples=150, deadline=None)
@given(steps=definitions(), given_input=INPUTS, limit=st.integers(0, 10**6))
def test_bounds_are_in_order_a_further_step_never_lowers_them_and_a_budget_caps_them(
    steps: list[dict[str, Any]], given_input: Any, limit: int
) -> None:
    before = estimated(*steps[:-1], given_input=given_input) if len(steps) > 1 else None
    after = estimated(*steps, given_input=given_input)
    capped = estimated(*steps, given_input=given_input, budget={"tokens": limit})
    for figure in (after.figures.tokens, after.figures.nano_usd, after.figures.turns, after.seconds, after.events):
        assert figure.most is not None
        assert figure.smooth is not None
        assert figure.least <= figure.most
        assert figure.smooth <= figure.most
    if before is not None:
        for one, other in zip(_figures(before), _figures(after), strict=True):
            assert one.least <= other.least
            assert (one.most or 0) <= (other.most or 0)
            assert (one.smooth or 0) <= (other.smooth or 0)
    assert capped.figures.tokens.most == min(limit, after.figures.tokens.most or 0)
    assert capped.figures.tokens.least <= limit


def _figures(run: RunSum) -> list[Range]:
    return [run.figures.tokens, run.figures.nano_usd, run.figures.turns, run.seconds, run.events]


@pytest.mark.parametrize(
    "step",
    [
        {**TOOL, "tool": "code_agent", "arguments": {"agent": "codex", "model": "default", "instructions": "Mend it."}},
        {**AGENT, "tools": ["code.python", "code_agent"]},
    ],
)
def test_a_tool_that_calls_models_by_itself_is_bounded_by_a_budget_alone(step: dict[str, Any]) -> None:
    run = estimated(step)
    assert run.figures.tokens.most is None
    assert [remark.reason for remark in run.remarks.unbounded] == [
        "only the run knows how much code_agent asks of models"
    ]
    assert estimated({**step, "budget": {"tokens": 5000}}).figures.tokens.most == 5000
