"""The alert that a launcher's figures raise, by its cause: jobs that leave by an egress service, and none is there."""

from pathlib import Path

from prometheus_client import generate_latest

from fixtures.alerting.evaluation import Scrape, is_raised
from fixtures.egress.launcher_here import launcher_here
from fixtures.egress.processes import egress_process
from fixtures.machine.free_port import free_port
from fixtures.sandboxing.launchers import a_key
from foundation.contracts.tool_job import ToolJob, ToolResult
from tool_runtime.launcher.runners.fake import FakeRunners

ALERT = "EgressServiceMissing"


def _never(_: ToolJob) -> ToolResult:
    raise AssertionError("no job is started here")


def figures() -> Scrape:
    return Scrape().add("tool-runtime", generate_latest().decode())


async def test_jobs_without_an_egress_service_raise_its_absence_until_one_is_there(tmp_path: Path) -> None:
    key, port = a_key(), free_port()
    runners = FakeRunners(f"http://127.0.0.1:{port}", _never)
    async with launcher_here(runners, service_key=a_key(), egress_key=key, port=port, spare=0) as (_, url):
        without = figures()
        assert is_raised(ALERT, without, without)
        async with egress_process(tmp_path, url, key):
            there = figures()
            assert not is_raised(ALERT, without, there)
        assert is_raised(ALERT, there, figures())
