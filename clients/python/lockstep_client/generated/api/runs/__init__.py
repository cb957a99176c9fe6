"""The calls of runs."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.created_at_order import CreatedAtOrder
from ...models.explanation import Explanation
from ...models.fork_run import ForkRun
from ...models.index_order import IndexOrder
from ...models.list_run_artifacts_fields_item import ListRunArtifactsFieldsItem
from ...models.list_run_steps_fields_item import ListRunStepsFieldsItem
from ...models.list_runs_fields_item import ListRunsFieldsItem
from ...models.list_step_items_fields_item import ListStepItemsFieldsItem
from ...models.list_step_turns_fields_item import ListStepTurnsFieldsItem
from ...models.new_outcome import NewOutcome
from ...models.outcome_view import OutcomeView
from ...models.page_listed_artifact import PageListedArtifact
from ...models.page_listed_run import PageListedRun
from ...models.page_listed_step import PageListedStep
from ...models.page_listed_turn import PageListedTurn
from ...models.page_step_times import PageStepTimes
from ...models.position_order import PositionOrder
from ...models.problem import Problem
from ...models.retry_run import RetryRun
from ...models.run_comparison import RunComparison
from ...models.run_metrics import RunMetrics
from ...models.run_status import RunStatus
from ...models.run_view import RunView
from ...models.start_run import StartRun
from ...models.step_view import StepView
from ...models.turn_order import TurnOrder
from ...models.turn_view import TurnView
from ...types import UNSET, Unset
from . import (
    cancel_run,
    decide_outcome,
    diff_runs,
    explain_run,
    fork_run,
    get_run,
    get_run_metrics,
    get_run_step,
    get_step_turn,
    list_run_artifacts,
    list_run_steps,
    list_runs,
    list_step_items,
    list_step_times,
    list_step_turns,
    pause_run,
    resume_run,
    retry_run,
    start_run,
)


class RunsCalls:
    """The calls of runs; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list_runs(
        self,
        *,
        status: RunStatus | Unset = UNSET,
        task_id: UUID | Unset = UNSET,
        forked_from: UUID | Unset = UNSET,
        parent_run_id: UUID | Unset = UNSET,
        started_by: str | Unset = UNSET,
        stuck: bool | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListRunsFieldsItem] | Unset = UNSET,
        from_: datetime.datetime | Unset = UNSET,
        to: datetime.datetime | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageListedRun:
        """Runs, newest first unless `sort` says otherwise; inputs and outputs where `fields` names them

        Args:
            status (RunStatus | Unset): Where a run is; the last five are final, and a run that has
                one of them keeps it.
            task_id (UUID | Unset):
            forked_from (UUID | Unset): the run that they were forked from
            parent_run_id (UUID | Unset): the run whose steps have started them
            started_by (str | Unset): as the audit names its actors: `user:<id>`, `key:<id>`,
                `schedule:<id>`, `trigger:<id>`
            stuck (bool | Unset): true: open runs that hang, which `/runs/{id}/explain` explains;
                false: the others
            limit (int | Unset): rows a page; fewer where what is shown of `input`, `output`,
                `overrides` is large: a page has 1.5 MB of it, or one row Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListRunsFieldsItem] | Unset): the members that items are shown with: names
                with commas between them, or the parameter several times; `id` is always among them.
                Without it all but `input`, `output`, `overrides`
            from_ (datetime.datetime | Unset): from this moment on
            to (datetime.datetime | Unset): before this moment
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            list_runs.call(
                status=status,
                task_id=task_id,
                forked_from=forked_from,
                parent_run_id=parent_run_id,
                started_by=started_by,
                stuck=stuck,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                from_=from_,
                to=to,
                break_glass_access=break_glass_access,
            )
        )

    def start_run(
        self,
        *,
        body: StartRun,
        idempotency_key: str | Unset = UNSET,
    ) -> RunView:
        """Start a run

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (StartRun): `budget` replaces the task's, key by key; without a `priority` the run
                has the task's.
        """
        return self._caller.send(
            start_run.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    def get_run(
        self,
        run_id: UUID,
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> RunView:
        """A run with its usage so far

        Args:
            run_id (UUID):
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            get_run.call(
                run_id=run_id,
                break_glass_access=break_glass_access,
            )
        )

    def cancel_run(
        self,
        run_id: UUID,
        *,
        if_match: str | Unset = UNSET,
    ) -> RunView:
        """Cancel a run, also what is in flight

        Args:
            run_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return self._caller.send(
            cancel_run.call(
                run_id=run_id,
                if_match=if_match,
            )
        )

    def pause_run(
        self,
        run_id: UUID,
        *,
        if_match: str | Unset = UNSET,
    ) -> RunView:
        """Pause: what is claimed ends, nothing new begins

        Args:
            run_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return self._caller.send(
            pause_run.call(
                run_id=run_id,
                if_match=if_match,
            )
        )

    def resume_run(
        self,
        run_id: UUID,
        *,
        if_match: str | Unset = UNSET,
    ) -> RunView:
        """Resume a paused run

        Args:
            run_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return self._caller.send(
            resume_run.call(
                run_id=run_id,
                if_match=if_match,
            )
        )

    def list_run_steps(
        self,
        run_id: UUID,
        *,
        limit: int | Unset = 1000,
        cursor: str | Unset = UNSET,
        sort: PositionOrder | Unset = UNSET,
        fields: list[ListRunStepsFieldsItem] | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageListedStep:
        """The timeline: a row a step, in the order in which they need each other

        Args:
            run_id (UUID):
            limit (int | Unset): rows a page; fewer where what is shown of `error`, `output`, `item`
                is large: a page has 1.5 MB of it, or one row Default: 1000.
            cursor (str | Unset): `next_cursor` of the page before
            sort (PositionOrder | Unset): By position; with `-` before it, from the last on.
            fields (list[ListRunStepsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` and `name` are always
                among them. Without it all
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            list_run_steps.call(
                run_id=run_id,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                break_glass_access=break_glass_access,
            )
        )

    def get_run_step(
        self,
        run_id: UUID,
        name: str,
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> StepView:
        """One step of a run, or one item of a step with foreach

        Args:
            run_id (UUID):
            name (str): the name of a step; name[index] for an item of one with foreach
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            get_run_step.call(
                run_id=run_id,
                name=name,
                break_glass_access=break_glass_access,
            )
        )

    def list_step_items(
        self,
        run_id: UUID,
        name: str,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: IndexOrder | Unset = UNSET,
        fields: list[ListStepItemsFieldsItem] | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageListedStep:
        """The items of a step with foreach, in the list's order

        Args:
            run_id (UUID):
            name (str): the name of a step with `foreach`
            limit (int | Unset): rows a page; fewer where what is shown of `error`, `output`, `item`
                is large: a page has 1.5 MB of it, or one row Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (IndexOrder | Unset): By index; with `-` before it, from the last on.
            fields (list[ListStepItemsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` and `name` are always
                among them. Without it all
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            list_step_items.call(
                run_id=run_id,
                name=name,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                break_glass_access=break_glass_access,
            )
        )

    def get_run_metrics(
        self,
        run_id: UUID,
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> RunMetrics:
        """Tokens, cost and durations, by step and by model

        Args:
            run_id (UUID):
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            get_run_metrics.call(
                run_id=run_id,
                break_glass_access=break_glass_access,
            )
        )

    def list_run_artifacts(
        self,
        run_id: UUID,
        *,
        workspaces: bool | Unset = False,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListRunArtifactsFieldsItem] | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageListedArtifact:
        """What the run's tools produced, with presigned addresses

        Args:
            run_id (UUID):
            workspaces (bool | Unset): true: with the workspaces that steps have kept for others
                Default: False.
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListRunArtifactsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            list_run_artifacts.call(
                run_id=run_id,
                workspaces=workspaces,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                break_glass_access=break_glass_access,
            )
        )

    def retry_run(
        self,
        run_id: UUID,
        *,
        body: RetryRun | Unset = UNSET,
        idempotency_key: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> RunView:
        """Retry a run that ended early: what succeeded stands, the rest runs again

        A repeat is answered with the run as it is now, so that nothing of it is kept with the key.

        Args:
            run_id (UUID):
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (RetryRun | Unset): `from` names steps that run again, with all below them and what
                these lack; else all that did not succeed do.
        """
        return self._caller.send(
            retry_run.call(
                run_id=run_id,
                body=body,
                idempotency_key=idempotency_key,
                if_match=if_match,
            )
        )

    def fork_run(
        self,
        run_id: UUID,
        *,
        body: ForkRun,
        idempotency_key: str | Unset = UNSET,
    ) -> RunView:
        """Fork a run: a new one takes over what is finished, and begins from a step

        Args:
            run_id (UUID):
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (ForkRun): `from` is the step that begins again; an agent after so many of its turns
                (`turn`), else at its beginning.
        """
        return self._caller.send(
            fork_run.call(
                run_id=run_id,
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    def list_step_turns(
        self,
        run_id: UUID,
        name: str,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: TurnOrder | Unset = UNSET,
        fields: list[ListStepTurnsFieldsItem] | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageListedTurn:
        """The turns of a step, oldest first; requests and answers where `fields` names them

        Args:
            run_id (UUID):
            name (str): the name of a step; name[index] for an item of one with foreach
            limit (int | Unset): rows a page; fewer where what is shown of `request`, `response` is
                large: a page has 1.5 MB of it, or one row Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (TurnOrder | Unset): By turn; with `-` before it, from the last on.
            fields (list[ListStepTurnsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `turn` is always among
                them. Without it all but `request`, `response`
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            list_step_turns.call(
                run_id=run_id,
                name=name,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                break_glass_access=break_glass_access,
            )
        )

    def get_step_turn(
        self,
        run_id: UUID,
        name: str,
        turn: int,
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> TurnView:
        """A turn, with what was asked and what was answered

        Args:
            run_id (UUID):
            name (str): the name of a step; name[index] for an item of one with foreach
            turn (int):
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            get_step_turn.call(
                run_id=run_id,
                name=name,
                turn=turn,
                break_glass_access=break_glass_access,
            )
        )

    def diff_runs(
        self,
        run_id: UUID,
        other_id: UUID,
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> RunComparison:
        """What differs between two runs: what they were asked, what came of it, what it took

        Args:
            run_id (UUID):
            other_id (UUID):
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            diff_runs.call(
                run_id=run_id,
                other_id=other_id,
                break_glass_access=break_glass_access,
            )
        )

    def list_step_times(
        self,
        run_id: UUID,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageStepTimes:
        """What the time of each step went by: needs, queue, wait, model, tool, platform

        Args:
            run_id (UUID):
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            list_step_times.call(
                run_id=run_id,
                limit=limit,
                cursor=cursor,
                break_glass_access=break_glass_access,
            )
        )

    def explain_run(
        self,
        run_id: UUID,
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> Explanation:
        """Why a run is where it is: what it waits for, what blocks it, and what will end that

        Args:
            run_id (UUID):
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            explain_run.call(
                run_id=run_id,
                break_glass_access=break_glass_access,
            )
        )

    def decide_outcome(
        self,
        run_id: UUID,
        name: str,
        *,
        body: NewOutcome,
    ) -> OutcomeView:
        """Decide what becomes of a step whose outcome is unknown, once

        Args:
            run_id (UUID):
            name (str): a step, or an item: `name[index]`
            body (NewOutcome): What somebody says of a tool that was started and of which nobody knows
                what it did.

                `retry` has it started once more, `accept` takes it to have succeeded with this `result`,
                `fail` fails its step.
        """
        return self._caller.send(
            decide_outcome.call(
                run_id=run_id,
                name=name,
                body=body,
            )
        )


class AsyncRunsCalls:
    """The calls of runs; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def list_runs(
        self,
        *,
        status: RunStatus | Unset = UNSET,
        task_id: UUID | Unset = UNSET,
        forked_from: UUID | Unset = UNSET,
        parent_run_id: UUID | Unset = UNSET,
        started_by: str | Unset = UNSET,
        stuck: bool | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListRunsFieldsItem] | Unset = UNSET,
        from_: datetime.datetime | Unset = UNSET,
        to: datetime.datetime | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageListedRun:
        """Runs, newest first unless `sort` says otherwise; inputs and outputs where `fields` names them

        Args:
            status (RunStatus | Unset): Where a run is; the last five are final, and a run that has
                one of them keeps it.
            task_id (UUID | Unset):
            forked_from (UUID | Unset): the run that they were forked from
            parent_run_id (UUID | Unset): the run whose steps have started them
            started_by (str | Unset): as the audit names its actors: `user:<id>`, `key:<id>`,
                `schedule:<id>`, `trigger:<id>`
            stuck (bool | Unset): true: open runs that hang, which `/runs/{id}/explain` explains;
                false: the others
            limit (int | Unset): rows a page; fewer where what is shown of `input`, `output`,
                `overrides` is large: a page has 1.5 MB of it, or one row Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListRunsFieldsItem] | Unset): the members that items are shown with: names
                with commas between them, or the parameter several times; `id` is always among them.
                Without it all but `input`, `output`, `overrides`
            from_ (datetime.datetime | Unset): from this moment on
            to (datetime.datetime | Unset): before this moment
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            list_runs.call(
                status=status,
                task_id=task_id,
                forked_from=forked_from,
                parent_run_id=parent_run_id,
                started_by=started_by,
                stuck=stuck,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                from_=from_,
                to=to,
                break_glass_access=break_glass_access,
            )
        )

    async def start_run(
        self,
        *,
        body: StartRun,
        idempotency_key: str | Unset = UNSET,
    ) -> RunView:
        """Start a run

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (StartRun): `budget` replaces the task's, key by key; without a `priority` the run
                has the task's.
        """
        return await self._caller.send(
            start_run.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    async def get_run(
        self,
        run_id: UUID,
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> RunView:
        """A run with its usage so far

        Args:
            run_id (UUID):
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            get_run.call(
                run_id=run_id,
                break_glass_access=break_glass_access,
            )
        )

    async def cancel_run(
        self,
        run_id: UUID,
        *,
        if_match: str | Unset = UNSET,
    ) -> RunView:
        """Cancel a run, also what is in flight

        Args:
            run_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            cancel_run.call(
                run_id=run_id,
                if_match=if_match,
            )
        )

    async def pause_run(
        self,
        run_id: UUID,
        *,
        if_match: str | Unset = UNSET,
    ) -> RunView:
        """Pause: what is claimed ends, nothing new begins

        Args:
            run_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            pause_run.call(
                run_id=run_id,
                if_match=if_match,
            )
        )

    async def resume_run(
        self,
        run_id: UUID,
        *,
        if_match: str | Unset = UNSET,
    ) -> RunView:
        """Resume a paused run

        Args:
            run_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            resume_run.call(
                run_id=run_id,
                if_match=if_match,
            )
        )

    async def list_run_steps(
        self,
        run_id: UUID,
        *,
        limit: int | Unset = 1000,
        cursor: str | Unset = UNSET,
        sort: PositionOrder | Unset = UNSET,
        fields: list[ListRunStepsFieldsItem] | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageListedStep:
        """The timeline: a row a step, in the order in which they need each other

        Args:
            run_id (UUID):
            limit (int | Unset): rows a page; fewer where what is shown of `error`, `output`, `item`
                is large: a page has 1.5 MB of it, or one row Default: 1000.
            cursor (str | Unset): `next_cursor` of the page before
            sort (PositionOrder | Unset): By position; with `-` before it, from the last on.
            fields (list[ListRunStepsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` and `name` are always
                among them. Without it all
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            list_run_steps.call(
                run_id=run_id,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                break_glass_access=break_glass_access,
            )
        )

    async def get_run_step(
        self,
        run_id: UUID,
        name: str,
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> StepView:
        """One step of a run, or one item of a step with foreach

        Args:
            run_id (UUID):
            name (str): the name of a step; name[index] for an item of one with foreach
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            get_run_step.call(
                run_id=run_id,
                name=name,
                break_glass_access=break_glass_access,
            )
        )

    async def list_step_items(
        self,
        run_id: UUID,
        name: str,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: IndexOrder | Unset = UNSET,
        fields: list[ListStepItemsFieldsItem] | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageListedStep:
        """The items of a step with foreach, in the list's order

        Args:
            run_id (UUID):
            name (str): the name of a step with `foreach`
            limit (int | Unset): rows a page; fewer where what is shown of `error`, `output`, `item`
                is large: a page has 1.5 MB of it, or one row Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (IndexOrder | Unset): By index; with `-` before it, from the last on.
            fields (list[ListStepItemsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` and `name` are always
                among them. Without it all
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            list_step_items.call(
                run_id=run_id,
                name=name,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                break_glass_access=break_glass_access,
            )
        )

    async def get_run_metrics(
        self,
        run_id: UUID,
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> RunMetrics:
        """Tokens, cost and durations, by step and by model

        Args:
            run_id (UUID):
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            get_run_metrics.call(
                run_id=run_id,
                break_glass_access=break_glass_access,
            )
        )

    async def list_run_artifacts(
        self,
        run_id: UUID,
        *,
        workspaces: bool | Unset = False,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListRunArtifactsFieldsItem] | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageListedArtifact:
        """What the run's tools produced, with presigned addresses

        Args:
            run_id (UUID):
            workspaces (bool | Unset): true: with the workspaces that steps have kept for others
                Default: False.
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListRunArtifactsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            list_run_artifacts.call(
                run_id=run_id,
                workspaces=workspaces,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                break_glass_access=break_glass_access,
            )
        )

    async def retry_run(
        self,
        run_id: UUID,
        *,
        body: RetryRun | Unset = UNSET,
        idempotency_key: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> RunView:
        """Retry a run that ended early: what succeeded stands, the rest runs again

        A repeat is answered with the run as it is now, so that nothing of it is kept with the key.

        Args:
            run_id (UUID):
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (RetryRun | Unset): `from` names steps that run again, with all below them and what
                these lack; else all that did not succeed do.
        """
        return await self._caller.send(
            retry_run.call(
                run_id=run_id,
                body=body,
                idempotency_key=idempotency_key,
                if_match=if_match,
            )
        )

    async def fork_run(
        self,
        run_id: UUID,
        *,
        body: ForkRun,
        idempotency_key: str | Unset = UNSET,
    ) -> RunView:
        """Fork a run: a new one takes over what is finished, and begins from a step

        Args:
            run_id (UUID):
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (ForkRun): `from` is the step that begins again; an agent after so many of its turns
                (`turn`), else at its beginning.
        """
        return await self._caller.send(
            fork_run.call(
                run_id=run_id,
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    async def list_step_turns(
        self,
        run_id: UUID,
        name: str,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: TurnOrder | Unset = UNSET,
        fields: list[ListStepTurnsFieldsItem] | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageListedTurn:
        """The turns of a step, oldest first; requests and answers where `fields` names them

        Args:
            run_id (UUID):
            name (str): the name of a step; name[index] for an item of one with foreach
            limit (int | Unset): rows a page; fewer where what is shown of `request`, `response` is
                large: a page has 1.5 MB of it, or one row Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (TurnOrder | Unset): By turn; with `-` before it, from the last on.
            fields (list[ListStepTurnsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `turn` is always among
                them. Without it all but `request`, `response`
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            list_step_turns.call(
                run_id=run_id,
                name=name,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
                break_glass_access=break_glass_access,
            )
        )

    async def get_step_turn(
        self,
        run_id: UUID,
        name: str,
        turn: int,
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> TurnView:
        """A turn, with what was asked and what was answered

        Args:
            run_id (UUID):
            name (str): the name of a step; name[index] for an item of one with foreach
            turn (int):
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            get_step_turn.call(
                run_id=run_id,
                name=name,
                turn=turn,
                break_glass_access=break_glass_access,
            )
        )

    async def diff_runs(
        self,
        run_id: UUID,
        other_id: UUID,
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> RunComparison:
        """What differs between two runs: what they were asked, what came of it, what it took

        Args:
            run_id (UUID):
            other_id (UUID):
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            diff_runs.call(
                run_id=run_id,
                other_id=other_id,
                break_glass_access=break_glass_access,
            )
        )

    async def list_step_times(
        self,
        run_id: UUID,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageStepTimes:
        """What the time of each step went by: needs, queue, wait, model, tool, platform

        Args:
            run_id (UUID):
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            list_step_times.call(
                run_id=run_id,
                limit=limit,
                cursor=cursor,
                break_glass_access=break_glass_access,
            )
        )

    async def explain_run(
        self,
        run_id: UUID,
        *,
        break_glass_access: UUID | Unset = UNSET,
    ) -> Explanation:
        """Why a run is where it is: what it waits for, what blocks it, and what will end that

        Args:
            run_id (UUID):
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            explain_run.call(
                run_id=run_id,
                break_glass_access=break_glass_access,
            )
        )

    async def decide_outcome(
        self,
        run_id: UUID,
        name: str,
        *,
        body: NewOutcome,
    ) -> OutcomeView:
        """Decide what becomes of a step whose outcome is unknown, once

        Args:
            run_id (UUID):
            name (str): a step, or an item: `name[index]`
            body (NewOutcome): What somebody says of a tool that was started and of which nobody knows
                what it did.

                `retry` has it started once more, `accept` takes it to have succeeded with this `result`,
                `fail` fails its step.
        """
        return await self._caller.send(
            decide_outcome.call(
                run_id=run_id,
                name=name,
                body=body,
            )
        )
