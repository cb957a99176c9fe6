"""The lease protocol's launcher side: one job to one runner, its cancellation, its result, its last moment."""

import asyncio
import secrets
from dataclasses import dataclass

from foundation.contracts.egress.policy import NetworkPolicy
from foundation.contracts.egress.records import EgressReason, EgressReport
from foundation.contracts.egress.sealing import Opener, SealBrokenError
from foundation.contracts.tool_job import JobReason, ToolJob, ToolResult
from foundation.domain.errors import BadRequest, NotFound, Unauthenticated
from foundation.telemetry.background import TaskSet
from tool_runtime.job_spans import with_requests
from tool_runtime.launcher.egress.desk import EgressDesk, WayOut
from tool_runtime.launcher.jobs.board import JobBoard
from tool_runtime.launcher.jobs.launches import Launch
from tool_runtime.launcher.jobs.open_jobs import OpenJob
from tool_runtime.launcher.runners.pool import Place
from tool_runtime.launcher.runners.pools import RunnerPools
from tool_runtime.launcher.runners.recorded_ends import by_records
from tool_runtime.launcher.searching import WebSearch, asks_the_web
from tool_runtime.protocol import (
    POLL_SECONDS,
    EgressGrant,
    Injection,
    ModelUpstream,
    RunnerLease,
    RunToken,
    ToldLines,
)
from tool_runtime.tools.registry import find_tool

TRANSFER_SECONDS = 120.0  # inputs, collection and uploads, on top of the job's own time
CANCEL_SECONDS = 15.0


class NoModelsError(Exception):
    """A job is to call models and cannot; the text says why."""


@dataclass(eq=False, slots=True)
class _Given:
    token: str
    place: Place
    entry: OpenJob
    overdue: asyncio.TimerHandle
    launch: Launch | None
    way: WayOut | None


class LeaseBook:
    """Gives leases to the pools' runners. Raises `Unauthenticated` on every token that it does not know.

    With `egress` every job leaves by an egress service, and no lease has a secret in it.
    """

    def __init__(
        self,
        board: JobBoard,
        pools: RunnerPools,
        opener: Opener,
        search: WebSearch | None = None,
        gateway_url: str | None = None,
        egress: EgressDesk | None = None,
    ) -> None:
        self._board = board
        self._pools = pools
        self._opener = opener
        self._search = search
        self._gateway_url = gateway_url
        self._egress = egress
        self._given: dict[str, _Given] = {}
        self._kills = TaskSet()

    async def give(self, worker_token: str) -> RunnerLease | None:
        """The next job for the runner with this token, or None when it should ask again. Then the token is dead."""
        place = self._pools.find(worker_token)
        if place is None:
            raise Unauthenticated("no runner with this token waits for a lease")
        entry = await self._board.take(place.name, place.profile, seconds=POLL_SECONDS)
        if entry is None:
            return None
        if not self._pools.holds(place):
            self._board.lose(entry, "the runner ended while it was given the job")
            return None
        launch = Launch.of(entry)
        try:
            lease, way = self._leaving(entry, self._lease(entry.job if launch is None else launch.job()))
        except SealBrokenError as broken:
            self._board.fail(entry, JobReason.SECRET_UNAVAILABLE, str(broken))
            return None
        except NoModelsError as nowhere:
            self._board.fail(entry, JobReason.MODELS_UNAVAILABLE, str(nowhere))
            return None
        place.job = entry
        overdue = asyncio.get_running_loop().call_later(_longest(entry.job), self._end, place)
        self._given[lease.lease_id] = _Given(lease.token, place, entry, overdue, launch, way)
        entry.answer.add_done_callback(lambda _: self._forget(lease.lease_id))
        return lease

    def _lease(self, job: ToolJob) -> RunnerLease:
        """A new one. Raises `SealBrokenError` and `NoModelsError`."""
        names = {"lease_id": secrets.token_hex(16), "token": secrets.token_urlsafe(32)}
        models = self._models(job)
        job = job.model_copy(update={"models": None})
        if self._search is not None and asks_the_web(job):
            granted, injections = self._search.granted(job), self._search.injections
            return RunnerLease(**names, job=granted, injections=injections, search=self._search.upstream)
        return RunnerLease(**names, job=job, injections=self._opened(job), models=models)

    def _leaving(self, entry: OpenJob, lease: RunnerLease) -> tuple[RunnerLease, WayOut | None]:
        """The lease as its runner gets it: where jobs leave by a service, that alone is told what the proxy needs."""
        if self._egress is None:
            return lease, None
        job, tool = lease.job, find_tool(lease.job.tool)
        way = self._egress.open(
            entry,
            EgressGrant(
                tenant_id=job.tenant_id,
                run_id=job.run_id,
                step_id=job.step_id,
                job_id=job.job_id,
                profile=tool.spec.profile,
                network=job.network.model_copy(update={"secrets": ()}),
                injections=lease.injections,
                models=lease.models,
                traceparent=job.traceparent,
                seconds=_longest(job),
            ),
        )
        entry.asked = way.report
        without = {"job": job.model_copy(update={"network": NetworkPolicy()}), "injections": (), "models": None}
        return lease.model_copy(update={**without, "egress": way.link}), way

    def _models(self, job: ToolJob) -> ModelUpstream | None:
        """Where the job's calls of models go. Raises `NoModelsError` for one that is to make some and cannot."""
        tool = find_tool(job.tool)
        may = tool.invocation(job.arguments).models if tool.spec.calls_models else None
        if may is None:
            return None
        if self._gateway_url is None:
            raise NoModelsError("this installation's tool runtime has no gateway: set LOCKSTEP_GATEWAY_URL for it")
        if job.models is None:
            raise NoModelsError(f"{job.tool} calls models, and the job has no run token for them")
        return ModelUpstream(url=self._gateway_url, turn=job.models.turn, model=may.model, most_calls=may.most)

    def run_token(self, lease_id: str, token: str) -> RunToken:
        """The newest one of the lease's job."""
        given = self._find(lease_id, token)
        if given.way is not None:
            raise NotFound("the calls of models of this job leave by its egress service, which has the run token")
        if given.entry.run_token is None:
            raise NotFound("this job calls no models")
        return RunToken(token=given.entry.run_token)

    def tell(self, lease_id: str, token: str, told: ToldLines) -> None:
        """What the lease's job has printed."""
        self._find(lease_id, token).entry.said.add(told.lines, left_out=told.left_out)

    def _opened(self, job: ToolJob) -> tuple[Injection, ...]:
        """The secrets of the job, for the runner that is given it and nobody else. Raises `SealBrokenError`."""
        return tuple(
            Injection(
                name=secret.name,
                host=secret.host,
                header=secret.header,
                text=self._opener.header_text(secret, job.tenant_id),
            )
            for secret in job.network.secrets
        )

    async def is_over(self, lease_id: str, token: str) -> bool:
        """Whether the runner should stop, after waiting a while for that."""
        given = self._find(lease_id, token)
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await given.entry.over.wait()
        except TimeoutError:
            return False
        return True

    async def hand_in(self, lease_id: str, token: str, result: ToolResult) -> None:
        """Take the result; where its job left by a service, once that has told what the job asked for."""
        given = self._find(lease_id, token)
        if result.job_id != given.entry.job.job_id:
            raise BadRequest("the result is of another job")
        if self._search is not None and asks_the_web(given.entry.job):
            result = self._search.without_key(result)
        if given.way is not None and self._egress is not None:
            egress = (await self._egress.end(given.way)).joined(unreached(result.egress))
            result = result.model_copy(update={"egress": egress, "spans": with_requests(result.spans, egress)})
        result = by_records(result, tool=given.entry.job.tool)
        self._board.finish(given.entry, result if given.launch is None else given.launch.told(result))

    def end_if_it_lingers(self, entry: OpenJob) -> None:
        """A cancelled job whose runner does not end it is ended with its runner."""
        for given in self._given.values():
            if given.entry is entry:
                given.overdue.cancel()
                given.overdue = asyncio.get_running_loop().call_later(CANCEL_SECONDS, self._end, given.place)

    def _find(self, lease_id: str, token: str) -> _Given:
        given = self._given.get(lease_id)
        if given is None or not secrets.compare_digest(given.token, token):
            raise Unauthenticated("there is no such lease")
        return given

    def _forget(self, lease_id: str) -> None:
        if given := self._given.pop(lease_id, None):
            given.overdue.cancel()
            if given.way is not None and self._egress is not None:
                self._egress.drop(given.way)

    def _end(self, place: Place) -> None:
        if place.runner is not None:
            self._kills.start(place.runner.kill(), name=f"kill {place.name}")


def _longest(job: ToolJob) -> float:
    """Seconds after which a runner has handed in the job's result, or never will."""
    return job.limits.wall_seconds + TRANSFER_SECONDS


def unreached(report: EgressReport) -> EgressReport:
    """What a runner may tell of itself where its job leaves by a service: requests that never got there."""
    records = tuple(one for one in report.records if one.reason is EgressReason.PROXY_UNAVAILABLE)
    return EgressReport(records=records, refusals_left_out=report.refusals_left_out)
