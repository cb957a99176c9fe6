"""What README and a runbook show is what happens: their commands are run as they stand there."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from fixtures.running.stack import Member, Stack, new_member

pytestmark = pytest.mark.stack

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


RUNBOOK = (ROOT / "docs" / "runbooks" / "open-breaker.md").read_text(encoding="utf-8")


ACCESS = (ROOT / "docs" / "reference" / "access.md").read_text(encoding="utf-8")


def blocks(text: str = README) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def run(block: str, stack: Stack, **more: str) -> str:
    """As somebody would who pastes it into a shell at the project's root."""
    done = subprocess.run(
        ["bash", "-e", "-c", block],
        cwd=ROOT,
        env={**stack.environment, **more},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def twice(stack: Stack) -> Member:
    """One member for all times that the calls are made."""
    return new_member(stack)


def test_there_are_the_blocks_that_the_tests_below_run() -> None:
    assert [block.split()[0] for block in blocks()] == ["make", ".", 'api="$LOCKSTEP_API_URL/api/v1";']


def test_every_make_target_that_it_names_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)", README)) <= targets


def test_every_document_that_it_points_to_is_there() -> None:
    assert [link for link in re.findall(r"\]\((?!http)([^)#]+)", README) if not (ROOT / link).exists()] == []


def test_the_look_into_the_running_stack_is_as_it_stands_there(stack: Stack) -> None:
    said = run(blocks()[1], stack)
    assert '"items"' in said
    assert "name" in said
    assert "attempt" in said


@pytest.mark.parametrize("time", ["the first time", "and the second"])
def test_the_four_calls_end_with_the_timeline_and_the_whole_bill(stack: Stack, twice: Member, time: str) -> None:
    assert time
    said = run(blocks()[2], stack, LOCKSTEP_TOKEN=twice.token)
    decoder = json.JSONDecoder()
    timeline, end = decoder.raw_decode(said)
    bill, _ = decoder.raw_decode(said[end:].strip())
    assert [(step["name"], step["status"]) for step in timeline["items"]] == [("count", "SUCCESS"), ("tell", "SUCCESS")]
    assert timeline["items"][0]["output"]["stdout"] == "42\n"
    assert bill["final"] is True
    assert bill["tokens"] > 0
    assert bill["cost_usd"] != "0"


def test_the_four_calls_end_with_the_reason_where_nothing_is_taken(stack: Stack) -> None:
    done = subprocess.run(
        ["bash", "-c", blocks()[2]],
        cwd=ROOT,
        env={**stack.environment, "LOCKSTEP_TOKEN": "none"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert '"status": 401' in done.stderr
    assert "was not started" in done.stderr


def test_the_runbook_of_breakers_can_be_followed_with_the_operator_s_token(stack: Stack) -> None:
    [block] = blocks(RUNBOOK)
    said = run(block, stack)
    assert said.count('"next_cursor":null') == 2, said
    assert "llm_circuit_breaker_state" in said


def test_a_device_asks_to_be_let_in_and_a_key_is_made_as_the_page_says(stack: Stack) -> None:
    device, key, leaked = blocks(ACCESS)
    said = run(device, stack)
    assert '"verification_uri_complete"' in said
    assert "expired_token" in said  # of the code that stands on the page
    made = json.loads(run(key, stack))
    assert made["key"].startswith("lsk_")
    ended = json.loads(run(f"set -a; . .local/env; set +a; KEY_ID={made['id']}\n{leaked}", stack))
    assert [(one["kind"], one["id"]) for one in ended["items"]] == [("api_key", made["id"])]
