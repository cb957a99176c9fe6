"""The sample that watches a site: an agent reads it in a browser twice, and tells what has changed in between."""

import asyncio
import base64
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from fixtures.machine.free_port import free_port
from fixtures.running.stack import Member, Stack
from supervisor.commands import client
from supervisor.settings import Settings

# While a sample's site may be reached, the launcher is another one.
pytestmark = [pytest.mark.stack, pytest.mark.serial, pytest.mark.timeout(300)]
ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "samples" / "site-watch"
BLOCKS = re.findall(r"^```sh\n(.*?)^```", (SAMPLE / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
HEADER = (11, 79, 108)
"""The colour that the site's style gives the head of its pages."""
CHANGES = {
    ("", "line changed", "[Notices]", "[Freight]"),
    ("timetable.html", "line changed", "| 24.00 |", "| 26.50 |"),
    ("timetable.html", "line removed", "| 21:05 |", None),
    ("notices.html", "line added", None, "until the pier is mended"),
    ("freight.html", "page added", None, "Freight"),
}
"""What `site/after` has otherwise than `site/before`: page, what, and a part of what stood and of what stands there."""


def opened_places() -> list[str]:
    """Which private places the launcher that runs now lets tools reach."""
    pid = json.loads((Settings().paths.run / f"{client.LAUNCHER}.pid").read_text())["pid"]
    variables = dict(line.partition("=")[::2] for line in Path(f"/proc/{pid}/environ").read_text().split("\0"))
    return list(json.loads(variables["LOCKSTEP_LAUNCHER_EGRESS_PRIVATE"]))


@contextmanager
def reached(place: str) -> Iterator[None]:
    """The site may be reached, as `make sample` has it."""
    with asyncio.Runner() as runner:
        opening = client.reaching(Settings(), place)
        runner.run(opening.__aenter__())
        try:
            yield
        finally:
            runner.run(opening.__aexit__(None, None, None))


def visit(member: Member, port: int, *more: str) -> str:
    """What the sample prints to this member."""
    done = subprocess.run(
        [sys.executable, "samples/run.py", "site-watch", *more],
        cwd=ROOT,
        env={**os.environ, "LOCKSTEP_TOKEN": member.token, "LOCKSTEP_PORT_SAMPLE_SITE": str(port)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def left(member: Member, printed: str) -> dict[str, bytes]:
    """The files of the run that was told of."""
    [run_id] = re.findall(r"^Site watch: run (\S+)$", printed, re.MULTILINE)
    with member.api() as api:
        listed = api.get(f"/runs/{run_id}/artifacts").json()["items"]
    return {one["name"]: httpx.get(one["url"]).raise_for_status().content for one in listed}


def assert_changed(observed: dict[str, Any], site: str) -> None:
    """All changes that there are, and no other one."""
    found = observed["changes"]
    assert len(found) == len(CHANGES), found
    for page, what, before, after in CHANGES:
        [change] = [one for one in found if one["url"] == site + page and one["what"] == what]
        for part, told in ((before, change["before"]), (after, change["after"])):
            assert (part is None) == (told is None), change
            assert part is None or part in told, change


def test_an_agent_reads_a_site_in_a_browser_and_reports_what_has_changed_since_last_time(member: Member) -> None:
    port = free_port()
    site, place = f"http://ferry.example:{port}/", f"ferry.example:{port}=127.0.0.1"
    assert opened_places() == []
    with reached(place):
        assert opened_places() == [place]
        first = visit(member, port)
        files = left(member, first)
        second = visit(member, port, "--again")
    assert opened_places() == []

    assert "This is the first visit" in first
    assert "The model is simulated" in first
    observed = json.loads(files["observed.json"])
    assert [one["url"] for one in observed["pages"]] == [site, f"{site}timetable.html", f"{site}notices.html"]
    assert (observed["compared"], observed["changes"]) == (False, [])

    assert "Since the last visit 5 things have changed." in second
    files = left(member, second)
    observed = json.loads(files["observed.json"])
    assert [one["title"] for one in observed["pages"]][-1] == "Freight"
    assert_changed(observed, site)
    with Image.open(io.BytesIO(files["front.png"])) as picture:
        assert picture.convert("RGB").getpixel((1000, 20)) == HEADER
    report = files["report.html"].decode()
    assert base64.b64encode(files["front.png"]).decode() in report
    assert "| 26.50 |" in report
    assert_only_the_site_was_asked(member, second, port)


def assert_only_the_site_was_asked(member: Member, printed: str, port: int) -> None:
    [run_id] = re.findall(r"^Site watch: run (\S+)$", printed, re.MULTILINE)
    with member.api() as api:
        events = api.get(f"/runs/{run_id}/events", params={"limit": 200}).json()["items"]
    asked = [one["data"] for one in events if one["type"] == "step.egress"]
    assert [(one["name"], one["tool"]) for one in asked] == [("watch", "browser")] * 2
    requests = [request for one in asked for request in one["requests"]]
    assert {(one["host"], one["port"]) for one in requests if one["verdict"] == "allowed"} == {("ferry.example", port)}


@pytest.mark.full
def test_the_commands_of_its_page_do_what_they_say(stack: Stack) -> None:
    assert [block.split("#")[0].strip() for block in BLOCKS] == [
        "make sample NAME=site-watch",
        "make sample NAME=site-watch AGAIN=1",
    ]
    told = []
    for block in BLOCKS:
        done = subprocess.run(
            ["bash", "-e", "-c", block], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "COMPLETED" in done.stdout
        assert "report.html" in done.stdout
        told.append(done.stdout)
    assert len({re.findall(r"^Site watch: run (\S+)$", one, re.MULTILINE)[0] for one in told}) == 2
    assert "the last visit" in told[1]
    assert opened_places() == []
