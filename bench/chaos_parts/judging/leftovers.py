"""What must not be left when everything has settled: effects, holds, leases, tokens, executions and processes."""

import contextlib
import re
from collections.abc import Callable

import boto3
import httpx
import psutil
import redis

from chaos_parts.deaths.victims import SERVICES, is_a_function
from chaos_parts.judging.aftermath import Aftermath, Finding
from llm_gateway.budget.redis import keys
from supervisor.processes import pid_files
from supervisor.settings import ROOT, Paths

_OURS = re.compile(
    r" -m (tool_runtime\.|orchestrator|control_plane|llm_gateway)|\bbwrap |lambda_executor/bootstrap\.py"
)
_JOBS = re.compile(r"^tool_jobs_(running|queued) ([0-9.]+)$", re.MULTILINE)


def the_outbox_is_empty(after: Aftermath) -> Finding:
    rows = after.ground.rows("SELECT kind, run_id::text, attempts, last_error FROM outbox WHERE tenant_id = %(tenant)s")
    return Finding(1, [f"{kind} of {run_id}, {attempts} attempts: {error}" for kind, run_id, attempts, error in rows])


def no_step_is_leased_and_no_token_is_parked(after: Aftermath) -> Finding:
    """But those of the requests that nobody decides."""
    rows = after.ground.rows(
        """SELECT s.run_id::text, s.name, s.status, s.lease_expires_at IS NOT NULL, s.task_token IS NOT NULL
           FROM steps s WHERE s.tenant_id = %(tenant)s"""
    )
    broken = [f"{run_id} {name} is {status} and leased" for run_id, name, status, leased, _ in rows if leased]
    left = set(after.load.waiting_for_people)
    broken += [
        f"{run_id} {name} is {status} and keeps a token"
        for run_id, name, status, _, token in rows
        if token and run_id not in left
    ]
    broken += [
        f"{run_id} has no token to be answered by" for run_id, _, _, _, token in rows if run_id in left and not token
    ]
    return Finding(len(rows), broken)


def nothing_is_held(after: Aftermath) -> Finding:
    """Neither money of a model call, nor usage on its way to the ledger."""
    with contextlib.closing(after.ground.redis()) as client, client.pipeline() as pipeline:
        for bucket in range(keys.BUCKETS):
            pipeline.zcard(keys.leases(bucket))
            pipeline.xlen(keys.stream(bucket))
        try:
            found = pipeline.execute()
        except (redis.ConnectionError, redis.TimeoutError) as error:
            return Finding(0, [f"Redis: {error}"])
    broken = [
        f"bucket {index // 2} has {count} {('holds', 'usage events')[index % 2]}"
        for index, count in enumerate(found)
        if count
    ]
    return Finding(len(found), broken)


def no_job_runs(after: Aftermath) -> Finding:
    """At the launcher, spare runners aside; nor is a job open in the database whose step has ended."""
    try:
        figures = dict(_JOBS.findall(httpx.get(after.ground.settings.launcher_metrics_url, timeout=5).text))
    except httpx.HTTPError as error:
        return Finding(0, [f"the launcher: {type(error).__name__}"])
    broken = [f"{count} jobs are {state} at the launcher" for state, count in figures.items() if float(count)]
    rows = after.ground.rows(
        "SELECT job_id::text, effect FROM tool_events WHERE tenant_id = %(tenant)s AND status = 'STARTED'"
    )
    return Finding(len(figures), broken + [f"job {job_id} ({effect}) is open" for job_id, effect in rows])


def no_execution_runs(after: Aftermath) -> Finding:
    """But those of runs that wait for people; where one of these was lost, it is started when they decide."""
    client = boto3.client("stepfunctions")
    pages = client.get_paginator("list_executions").paginate(
        stateMachineArn=after.ground.settings.state_machine_arn, statusFilter="RUNNING"
    )
    running = {execution["name"].rpartition("-")[0] for page in pages for execution in page["executions"]}
    ours = {run_id for (run_id,) in after.ground.rows("SELECT run_id::text FROM runs WHERE tenant_id = %(tenant)s")}
    left = (running & ours) - set(after.load.waiting_for_people)
    return Finding(len(ours), [f"an execution of {run_id} runs" for run_id in sorted(left)])


def no_process_is_left(after: Aftermath) -> Finding:
    """Every process of the platform belongs to the supervisor, and no worker has a crew's program any more."""
    found = _of_this_checkout(after.ground.paths)
    broken = [f"{_shown(process)} belongs to nobody" for process in found]
    worker = pid_files.find(after.ground.paths).get(SERVICES["worker"])
    programs = [] if worker is None else worker.children(recursive=True)
    return Finding(1 + len(programs), broken + [f"{_shown(program)} is still below a worker" for program in programs])


def _of_this_checkout(paths: Paths) -> list[psutil.Process]:
    """Processes with this checkout's path in their command that are not below its supervisor.

    A function's environment whose template was killed is below nobody, and its LocalStack still uses it: it is left
    over only where it is older than that LocalStack.
    """
    supervised = pid_files.find(paths)
    workflow = supervised.get(SERVICES["workflow"])
    since = 0.0 if workflow is None else workflow.create_time()
    below = set()
    for process in supervised.values():
        with contextlib.suppress(psutil.NoSuchProcess):
            below |= {process.pid, *(child.pid for child in process.children(recursive=True))}
    left = []
    for process in psutil.process_iter(["cmdline", "pid", "status", "create_time"]):
        command = " ".join(process.info["cmdline"] or ())
        is_ours = str(ROOT) in command and _OURS.search(command)
        if not is_ours or process.pid in below or process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        if not (is_a_function(process) and process.info["create_time"] >= since):
            left.append(process)
    return left


def _shown(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.NoSuchProcess):
        return f"process {process.pid} ({' '.join(process.cmdline())[-120:]})"
    return f"process {process.pid}"


LEFTOVERS: tuple[Callable[[Aftermath], Finding], ...] = (
    the_outbox_is_empty,
    no_step_is_leased_and_no_token_is_parked,
    nothing_is_held,
    no_job_runs,
    no_execution_runs,
    no_process_is_left,
)
