"""What a worker makes of the launcher's answers."""

import json
from typing import Any

import httpx
import pytest
from joserfc.jwk import OKPKey

from fixtures.sandboxing.launchers import a_job
from foundation.contracts.tool_job import JobProgress, JobState
from foundation.domain.errors import DependencyUnavailable, LeaseLost, LockstepError, SandboxUnavailable
from foundation.http.service_tokens import ServiceTokenSigner
from orchestrator.clients.launcher.base import AnswerUnreadable, JobNotTaken, JobRefused, JobUnknown, LauncherNotReached
from orchestrator.clients.launcher.fake import succeeded
from orchestrator.clients.launcher.http import HttpLauncher
from orchestrator.clients.not_reached import NotReached

PRIVATE = OKPKey.generate_key("Ed25519", {"kid": "test"}, private=True).as_dict(private=True)
JOB = a_job()


def launcher(answer: httpx.Response) -> HttpLauncher:
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer), base_url="http://launcher")
    return HttpLauncher(client, ServiceTokenSigner(PRIVATE, service="orchestrator"))


def problem(status: int, code: str = "some_code", **headers: str) -> httpx.Response:
    body = {"type": f"urn:lockstep:problem:{code}", "detail": "words"}
    return httpx.Response(status, json=body, headers=headers)


async def ignore(_: JobState) -> None:
    return


async def refused(answer: httpx.Response) -> LockstepError:
    with pytest.raises(LockstepError) as raised:
        await launcher(answer).run(JOB, on_state=ignore)
    return raised.value


def lines(*progress: JobProgress) -> httpx.Response:
    return httpx.Response(200, text="".join(f"{one.model_dump_json()}\n" for one in progress))


async def test_each_state_is_told_and_the_last_line_is_the_result() -> None:
    states: list[JobState] = []

    async def note(state: JobState) -> None:
        states.append(state)

    result = succeeded(JOB)
    waits, runs = JobProgress(state=JobState.WAITING), JobProgress(state=JobState.RUNNING)
    answer = lines(waits, runs, JobProgress(state=JobState.ENDED, result=result))
    assert await launcher(answer).run(JOB, on_state=note) == result
    assert states == [JobState.WAITING, JobState.RUNNING]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (429, JobNotTaken),
        (500, DependencyUnavailable),
        (502, DependencyUnavailable),
        (503, JobNotTaken),
        (504, DependencyUnavailable),
        (400, JobRefused),
        (404, JobRefused),
        (409, JobRefused),
        (422, JobRefused),
    ],
)
async def test_a_refusal_that_may_pass_is_no_refusal_for_good(status: int, error: type[LockstepError]) -> None:
    raised = await refused(problem(status))
    assert type(raised) is error
    assert raised.detail == "words"


@pytest.mark.parametrize(("code", "error"), [("sandbox_unavailable", SandboxUnavailable), ("stale_lease", LeaseLost)])
@pytest.mark.parametrize("status", [409, 503])
async def test_a_refusal_by_name_means_what_it_says(status: int, code: str, error: type[LockstepError]) -> None:
    assert type(await refused(problem(status, code))) is error


@pytest.mark.parametrize(("header", "seconds"), [("7", 7), ("soon", None), ("", None)])
async def test_a_launcher_that_is_full_says_when_to_come_again(header: str, seconds: float | None) -> None:
    assert (await refused(problem(429, **{"retry-after": header}))).retry_after == seconds


async def test_a_refusal_in_the_stream_is_a_refusal() -> None:
    about = {"status": 429, "type": "urn:lockstep:problem:quota_exceeded", "detail": "full"}
    told = JobProgress.model_validate({"state": JobState.REFUSED, "problem": about, "retry_after": 4})
    raised = await refused(lines(told))
    assert (type(raised), raised.detail, raised.retry_after) == (DependencyUnavailable, "full", 4)


@pytest.mark.parametrize("text", ["nonsense\n", '{"state": "DANCING"}\n', "[]\n"])
async def test_an_answer_in_another_language_is_a_fault_of_ours(text: str) -> None:
    assert type(await refused(httpx.Response(200, text=text))) is AnswerUnreadable


async def test_an_answer_that_ends_before_the_job_may_pass() -> None:
    assert type(await refused(lines(JobProgress(state=JobState.RUNNING)))) is DependencyUnavailable


@pytest.mark.parametrize("text", ["", "no json", "[1]"])
async def test_a_refusal_without_a_document_is_told_by_its_status(text: str) -> None:
    raised = await refused(httpx.Response(400, text=text))
    assert (type(raised), raised.detail) == (JobRefused, "the launcher answered 400")


async def test_a_cancelled_job_gives_what_it_had() -> None:
    result = succeeded(JOB)
    answer = httpx.Response(200, json=json.loads(result.model_dump_json()))
    assert await launcher(answer).cancel(JOB) == result


@pytest.mark.parametrize("answer", [problem(404), problem(409, "stale_lease"), httpx.Response(200, text="nonsense")])
async def test_a_cancel_that_comes_to_nothing_gives_nothing(answer: httpx.Response) -> None:
    assert await launcher(answer).cancel(JOB) is None


async def test_a_cancel_names_the_holder_who_asks() -> None:
    asked: list[httpx.Request] = []

    def note(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(404)

    client = httpx.AsyncClient(transport=httpx.MockTransport(note), base_url="http://launcher")
    job: Any = JOB.model_copy(update={"generation": 3, "fence": 9})
    await HttpLauncher(client, ServiceTokenSigner(PRIVATE, service="orchestrator")).cancel(job)
    [request] = asked
    assert (request.method, request.url.path) == ("DELETE", f"/jobs/{job.job_id}")
    assert dict(request.url.params) == {"generation": "3", "fence": "9"}


async def test_a_job_to_be_joined_that_is_not_there_is_unknown_and_no_refusal() -> None:
    joined = JOB.model_copy(update={"join_only": True})
    with pytest.raises(JobUnknown):
        await launcher(problem(404, "not_found")).run(joined, on_state=ignore)
    assert type(await refused(problem(404, "not_found"))) is JobRefused


async def test_a_launcher_that_cannot_be_reached_has_not_taken_the_job_and_one_that_breaks_off_may_have() -> None:
    for broken, error in ((httpx.ConnectError, LauncherNotReached), (httpx.ReadError, NotReached)):

        def answer(_: httpx.Request, broken: type[httpx.TransportError] = broken) -> httpx.Response:
            raise broken("gone")

        client = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://launcher")
        with pytest.raises(LockstepError) as raised:
            await HttpLauncher(client, ServiceTokenSigner(PRIVATE, service="orchestrator")).run(JOB, on_state=ignore)
        assert type(raised.value) is error
