"""The model of a run, played by itself: it makes only transitions that the tables allow, and ends as the rules say."""

from collections.abc import Mapping

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from fixtures.models.drawn_plans import plans
from fixtures.models.run_model import RunModel, StepModel
from foundation.domain.reruns import StandingStep, steps_to_copy, steps_to_retry
from foundation.domain.states import (
    RUN_TRANSITIONS,
    STEP_TRANSITIONS,
    RunStatus,
    StepKind,
    StepStatus,
    outcome_of,
)


class Play(RuleBasedStateMachine):
    """Messages, holders, sweepers and people, in any order."""

    @initialize(steps=plans(least=1, most=7))
    def begin(self, steps: list[StepModel]) -> None:
        self.model = RunModel({step.name: step for step in steps})
        self.token = 0
        self._note()

    def _note(self) -> None:
        self.before: Mapping[str, StepStatus] = {step.name: step.status for step in self.model.steps.values()}
        self.run_before = self.model.status
        self.fences = {step.name: step.fence for step in self.model.steps.values()}

    @rule(data=st.data())
    def a_message_comes(self, data: st.DataObject) -> None:
        step = data.draw(st.sampled_from(list(self.model.steps.values())))
        self.token += 1
        self.model.take(step.name, f"t{self.token}", generation=step.generation, tick=step.tick)

    @precondition(lambda self: self.model.held())
    @rule(data=st.data(), what=st.sampled_from(["finish", "leave out", "fail", "give back", "go on", "lapse"]))
    def something_becomes_of_a_held_step(self, data: st.DataObject, what: str) -> None:
        name, free = data.draw(st.sampled_from(self.model.held())), data.draw(st.integers(0, 2))
        if what in {"finish", "leave out"}:
            end = self.model.finish if what == "finish" else self.model.leave_out
            self.model.claimed(end(name, free_slots=free)[:free])
        elif what == "fail":
            self.model.fail(name, may_pass=data.draw(st.booleans()))
        elif what == "lapse":
            self.model.lapse(name)
        else:
            (self.model.give_back if what == "give back" else self.model.go_on)(name)

    @precondition(lambda self: self.model.status is RunStatus.RUNNING)
    @rule()
    def somebody_pauses(self) -> None:
        self.model.pause()

    @precondition(lambda self: self.model.status is RunStatus.PAUSED)
    @rule()
    def somebody_resumes(self) -> None:
        self.model.resume()

    @precondition(lambda self: self.model.is_open)
    @rule()
    def somebody_cancels(self) -> None:
        self.model.cancel()

    @precondition(lambda self: self.model.status is RunStatus.RUNNING and self.model.all_ended)
    @rule()
    def it_is_finalized(self) -> None:
        needed = [step.status for step in self.model.steps.values() if not step.excused]
        assert outcome_of(needed, first_cause=self.model.stop_cause) is self.model.finalize()

    @precondition(lambda self: not self.model.is_open and self.model.status is not RunStatus.COMPLETED)
    @rule(data=st.data())
    def somebody_retries(self, data: st.DataObject) -> None:
        named = data.draw(st.lists(st.sampled_from(sorted(self.model.steps)), unique=True, max_size=2))
        again = self.model.again(named)
        assert set(steps_to_retry(self._standing(), named=named)) == again
        self.model.retry(again)

    @rule(data=st.data())
    def somebody_would_fork(self, data: st.DataObject) -> None:
        """What is copied has ended well or is excused, needs only what is copied, and is not below the beginning."""
        start = data.draw(st.sampled_from(sorted(self.model.steps)))
        copied = steps_to_copy(self._standing(), start=start)
        assert start not in copied
        for name in copied:
            step = self.model.steps[name]
            assert step.status is StepStatus.SUCCESS or step.excused
            assert copied.issuperset(step.needs)

    @invariant()
    def only_what_the_tables_allow_has_happened(self) -> None:
        for step in self.model.steps.values():
            before = self.before[step.name]
            assert step.status is before or step.status in STEP_TRANSITIONS[before], (step, before)
            assert step.fence >= self.fences[step.name]
        run = self.model.status
        assert run is self.run_before or run in RUN_TRANSITIONS[self.run_before], (run, self.run_before)
        self._note()

    @invariant()
    def a_step_that_runs_or_has_succeeded_lacks_nothing(self) -> None:
        for step in self.model.steps.values():
            if step.status in {StepStatus.RUNNING, StepStatus.RETRYING, StepStatus.SUCCESS}:
                assert step.unmet == 0
                assert all(
                    self.model.steps[need].status is StepStatus.SUCCESS or self.model.steps[need].excused
                    for need in step.needs
                )

    @invariant()
    def a_token_is_parked_on_open_steps_only(self) -> None:
        assert not [step for step in self.model.steps.values() if step.token and step.has_ended]

    def _standing(self) -> list[StandingStep]:
        return [
            StandingStep(step.name, StepKind.NOOP, step.status, step.needs, step.excused)
            for step in self.model.steps.values()
        ]


TestPlay = Play.TestCase
TestPlay.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
