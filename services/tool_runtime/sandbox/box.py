"""One sandbox from its start to its last process: give it the job, watch it, end it, say how it went."""

import asyncio
import contextlib
import json
import marshal
import os
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from foundation.contracts.accepted.file_names import MAX_DEPTH, MAX_NAME_BYTES, SEGMENT_PATTERN
from foundation.contracts.tool_job import MIB, JobLimits, JobReason
from foundation.contracts.tools.calls.profile_limits import PROFILE_LIMITS
from tool_runtime.sandbox import frames
from tool_runtime.sandbox.carried import CarriedWorkspace
from tool_runtime.sandbox.collecting import Collecting
from tool_runtime.sandbox.limits import rlimits
from tool_runtime.sandbox.output import PipeOutput
from tool_runtime.sandbox.processors import for_a_job, processor_ticks
from tool_runtime.sandbox.walls.started import Started
from tool_runtime.sandbox.watch.machine import HostFloor
from tool_runtime.sandbox.watch.monitor import Monitor, breach, outlived, pause_after

STOP_SECONDS = 2.0
"""How long the first process has to end the job before it is ended itself."""

_MARSHAL_FORMAT = 2
"""Of texts, numbers and lists it is the same for every version of Python, and the system's may be another one."""

_NOTHING_TO_COLLECT = frozenset({JobReason.PROTOCOL})


@dataclass(frozen=True, slots=True)
class BoxJob:
    """What runs inside: a command, its environment, the files that it finds, its limits."""

    argv: tuple[str, ...]
    env: dict[str, str]
    files: Iterable[tuple[str, bytes]]
    limits: JobLimits
    workspace: CarriedWorkspace | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """Why the runner ended a job that had not ended by itself."""

    reason: JobReason
    detail: str


@dataclass
class SandboxOutcome:
    """What happened. Either `stop` is set, or the job ended by itself with a code or a signal."""

    started_at: datetime
    ended_at: datetime
    stop: Stop | None = None
    exit_code: int | None = None
    signal: int | None = None
    wall_ms: int = 0
    cpu_ms: int = 0
    max_rss_bytes: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)
    collected: bool = False


class Box:
    """A started sandbox; `run` once, then `close` whatever happened."""

    def __init__(self, started: Started, *, host_floor: HostFloor | None = None) -> None:
        self._started = started
        self._host_floor = host_floor
        self._written = self._received = 0
        self._output_limit = 64 * MIB
        self._workspace: CarriedWorkspace | None = None
        self.stopped: asyncio.Future[Stop] = asyncio.get_running_loop().create_future()
        self._proxy_socket: socket.socket | None = started.proxy_socket
        self._handed_in = self._collected = False
        self._ended = asyncio.Event()
        self._report: dict[str, int | None] = {}
        self._skipped: list[tuple[str, str]] = []
        self.stdout = PipeOutput(self._count_output)
        self.stderr = PipeOutput(self._count_output)
        self._drains = [
            asyncio.create_task(output.drain(stream))
            for output, stream in ((self.stdout, started.process.stdout), (self.stderr, started.process.stderr))
            if stream is not None
        ]
        self._prefer_as_victim()

    def stop(self, reason: JobReason, detail: str) -> None:
        """End the job; the first reason counts."""
        if not self.stopped.done():
            self.stopped.set_result(Stop(reason, detail))

    def take_proxy_socket(self) -> socket.socket:
        """The listening socket of the job's proxy, once, for whoever will answer on it; without one nobody listens."""
        assert self._proxy_socket is not None  # noqa: S101  (a box runs one job, which has one proxy)
        taken, self._proxy_socket = self._proxy_socket, None
        return taken

    def _close_proxy_socket(self) -> None:
        if self._proxy_socket is not None:
            self._proxy_socket.close()
            self._proxy_socket = None

    async def run(self, job: BoxJob, *, take: Callable[[frames.Piece], None]) -> SandboxOutcome:
        """Run the job to its end. `take` gets each piece of what it leaves and may raise `FrameError`."""
        self._output_limit, self._workspace = job.limits.output_bytes, job.workspace
        self._close_proxy_socket()
        try:
            monitor = Monitor(
                self._started.enclosure.root,
                only_uid=self._started.enclosure.only_uid,
                mounts=tuple(self._started.profile.tmpfs),
                memory_limit=job.limits.memory_mb * MIB,
            )
        except OSError as error:
            self.stop(JobReason.PROTOCOL, f"the sandbox was gone before the job: {error.strerror}")
        if self.stopped.done():
            await self.close()
            now = datetime.now(UTC)
            return SandboxOutcome(started_at=now, ended_at=now, stop=self.stopped.result())
        started_at, began = datetime.now(UTC), asyncio.get_running_loop().time()
        conversation = asyncio.create_task(self._converse(job, take))
        tasks = [conversation, asyncio.create_task(self._watch(job.limits, monitor, conversation))]
        try:
            waited: set[asyncio.Future[Any]] = {*tasks, self.stopped}
            done, _ = await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            for ended in done:
                ended.result()
            if self.stopped.done():
                await self._collect_after(self.stopped.result(), conversation, job.limits, monitor)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.close()
            monitor.close()
        elapsed_ms = round((asyncio.get_running_loop().time() - began) * 1000)
        return SandboxOutcome(
            started_at=started_at,
            ended_at=datetime.now(UTC),
            stop=self.stopped.result() if self.stopped.done() else None,
            exit_code=self._report.get("exit_code"),
            signal=self._report.get("signal"),
            wall_ms=self._report.get("wall_ms") or elapsed_ms,
            cpu_ms=max(self._report.get("cpu_ms") or 0, round(monitor.cpu_seconds * 1000)),
            max_rss_bytes=max(self._report.get("max_rss_bytes") or 0, monitor.peak_memory),
            skipped=self._skipped,
            collected=self._collected,
        )

    async def _collect_after(
        self, stop: Stop, conversation: asyncio.Task[None], limits: JobLimits, monitor: Monitor
    ) -> None:
        """Have a stopped job ended from inside, so that what it left comes out; what does not come in time is lost."""
        if stop.reason in _NOTHING_TO_COLLECT or not self._handed_in or self._ended.is_set() or conversation.done():
            return
        self._started.writer.write(frames.encode(frames.STOP))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await self._ended.wait()
        # What is still held when no process is left are files in memory: they may not outlive the limit either.
        if self._ended.is_set() and monitor.sample().memory <= limits.memory_mb * MIB:
            await self._collecting(limits, monitor).given_up(conversation)

    async def close(self) -> None:
        """Kill every process of the job; return when nothing is left of it."""
        await self._started.enclosure.end()
        self._started.writer.close()
        self._close_proxy_socket()
        await asyncio.gather(*self._drains)

    def _count_output(self, size: int) -> None:
        self._written += size
        if self._written > self._output_limit:
            self.stop(JobReason.OUTPUT, f"wrote more than {self._output_limit} bytes to stdout and stderr")

    def _collecting(self, limits: JobLimits, monitor: Monitor) -> Collecting:
        def wrong() -> str | None:
            if (found := outlived(monitor.sample(), limits)) is None:
                return None
            self.stop(*found)
            return found[1]

        return Collecting(self._moved, wrong)

    def _moved(self) -> tuple[int, int]:
        return self._received, processor_ticks(self._started.init_pid)

    def _prefer_as_victim(self) -> None:
        """Should the machine run out of memory, the kernel takes the job first."""
        with contextlib.suppress(OSError):
            Path(f"/proc/{self._started.init_pid}/oom_score_adj").write_text("1000")

    def _give_processors(self) -> None:
        """Of what the job's first process starts, all have as many as their kind may have, and no more."""
        pid = self._started.init_pid
        with contextlib.suppress(OSError):
            os.sched_setaffinity(pid, for_a_job(pid, PROFILE_LIMITS[self._started.profile.name].processors))

    async def _converse(self, job: BoxJob, take: Callable[[frames.Piece], None]) -> None:
        """The control channel: hand in, then read until END. A channel that breaks ends the job."""
        try:
            await self._hand_in(job)
            decoder = frames.Decoder()
            while data := await self._started.reader.read(frames.FRAME_CAP):
                self._received += len(data)
                for kind, payload in decoder.feed(data):
                    if self._heard(kind, payload, take):
                        return
            self.stop(JobReason.PROTOCOL, "the sandbox ended without a report")
        except (frames.FrameError, ValueError, ConnectionError) as error:
            self.stop(JobReason.PROTOCOL, f"the sandbox broke the protocol: {error}")

    async def _hand_in(self, job: BoxJob) -> None:
        self._give_processors()
        writer = self._started.writer
        given = job.workspace and job.workspace.taken
        archive = ((frames.WORKSPACE_PLACE.decode(), given),) if given else ()
        for name, content in (*job.files, *archive):
            for piece in frames.pieces(name.encode(), content):
                writer.write(frames.encode_piece(frames.FILE, piece))
                await writer.drain()
        description = {
            "argv": job.argv,
            "env": job.env if job.workspace is None else {**job.env, frames.WORKSPACE_IS_KEPT: "1"},
            "workspace": None if job.workspace is None else {**job.workspace.limits, "is_given": bool(given)},
            "rlimits": rlimits(job.limits, self._started.profile),
            "collect": {
                "segment": SEGMENT_PATTERN,
                "depth": MAX_DEPTH,
                "name": MAX_NAME_BYTES,
                "count": job.limits.artifact_count,
                "bytes": job.limits.artifact_bytes,
            },
        }
        # In a format that is built in, as the first process would have to import `json` first.
        writer.write(frames.encode(frames.JOB, marshal.dumps(description, _MARSHAL_FORMAT)))
        writer.write(frames.encode(frames.GO))
        await writer.drain()
        self._handed_in = True

    def _heard(self, kind: bytes, payload: bytes, take: Callable[[frames.Piece], None]) -> bool:
        """Take in one frame; true at the last one. Nothing is believed beyond its form."""
        if kind == frames.EXITED and not self._ended.is_set():
            self._report = frames.decode_report(payload)
            self._ended.set()
        elif kind == frames.ARTIFACT and self._ended.is_set():
            take(frames.decode_piece(payload))
        elif kind == frames.WORKSPACE and self._ended.is_set() and self._workspace is not None:
            self._workspace.take(frames.decode_piece(payload))
        elif kind == frames.END and self._ended.is_set():
            self._skipped = _skipped(json.loads(payload)) if payload else []
            self._collected = True
            return True
        elif kind != frames.STARTED:
            raise frames.FrameError(f"frame {kind!r} out of turn")
        return False

    async def _watch(self, limits: JobLimits, monitor: Monitor, conversation: asyncio.Task[None]) -> None:
        """The clock and the monitor. After the job's end only what it left has to come out in time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + limits.wall_seconds
        while not self._ended.is_set():
            left = deadline - loop.time()
            if left <= 0:
                return self.stop(JobReason.WALL_TIME, f"still ran after {limits.wall_seconds} s")
            looked = loop.time()
            sample = monitor.sample()
            pause = pause_after(loop.time() - looked)
            if found := breach(sample, limits):
                return self.stop(*found)
            if self._host_floor is not None and self._host_floor.takes(sample.memory):
                return self.stop(JobReason.HOST_MEMORY, "the machine is almost out of memory, and no job holds more")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(pause, left)):
                    await self._ended.wait()
        why = await self._collecting(limits, monitor).given_up(conversation)
        return None if why is None else self.stop(JobReason.WALL_TIME, why)


def _skipped(told: Any) -> list[tuple[str, str]]:
    if not isinstance(told, list):
        raise frames.FrameError("an end that is not a list")
    return [
        (str(e["name"])[:200], str(e["reason"])[:200])
        for e in told[:201]
        if isinstance(e, dict) and {"name", "reason"} <= e.keys()
    ]
