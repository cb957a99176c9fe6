"""A run is forked: what it finished is taken over and not paid again, and the rest runs with what was changed."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from fixtures.running.agent_runs import TOOL_CALLS, TURNS, uploaded
from fixtures.running.stack import Member, Stack, new_member

pytestmark = pytest.mark.stack

WRITE = "open('/work/out/made.txt', 'w').write('made once')"
READ = """import json
inputs = json.load(open('/work/in/inputs.json'))
print(open('/work/in/made.txt').read(), inputs['word'])"""
SLEEP = "import time; print('begun', flush=True); time.sleep(60)"


def tool(name: str, code: str, *needs: str, **arguments: Any) -> dict[str, Any]:
    given = {"code": code, **arguments}
    return {"name": name, "kind": "tool", "tool": "code.python", "arguments": given, "needs": list(needs)}


def noop(name: str, *needs: str) -> dict[str, Any]:
    return {"name": name, "kind": "noop", "needs": list(needs)}


def read_step(word: str = "${input.word}") -> dict[str, Any]:
    return tool("read", READ, "make", inputs={"word": word}, files="${steps.make.output.files}")


def a_finished_run(member: Member) -> dict[str, Any]:
    """`read` prints the file that `make` left, and the word of the input; `after` needs `read`."""
    steps = [tool("make", WRITE), read_step(), noop("after", "read"), noop("beside")]
    run = member.ended(member.start({"steps": steps}, input={"word": "one"})["id"])
    assert run["status"] == "COMPLETED", run
    return run


def forked(member: Member, run_id: str, **body: Any) -> dict[str, Any]:
    with member.api() as api:
        answer = api.post(f"/runs/{run_id}/fork", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/api/v1/runs/{answer.json()['id']}"
    return dict(answer.json())


def test_a_fork_takes_over_what_is_finished_and_runs_the_rest_on_the_changed_input(
    stack: Stack, member: Member
) -> None:
    origin = a_finished_run(member)
    fork = forked(member, origin["id"], **{"from": "read", "input": {"word": "two"}})
    assert fork["forked_from"] == {"run_id": origin["id"], "step": "read", "turn": 0}
    assert (fork["task_version"], fork["input"]) == (origin["task_version"], {"word": "two"})
    ended = member.ended(fork["id"])
    assert ended["status"] == "COMPLETED", ended
    steps, before = member.steps(fork["id"]), member.steps(origin["id"])
    assert {name: step["attempt"] for name, step in steps.items()} == {"make": 0, "read": 1, "after": 1, "beside": 0}
    assert {name: step["copied_from"] for name, step in steps.items()} == {
        "make": before["make"]["id"],
        "beside": before["beside"]["id"],
        "read": None,
        "after": None,
    }
    assert steps["make"]["output"] == before["make"]["output"]
    assert (before["read"]["output"]["stdout"], steps["read"]["output"]["stdout"]) == (
        "made once one\n",
        "made once two\n",
    )
    with stack.superuser() as connection:
        jobs = connection.execute("SELECT count(*) FROM tool_events WHERE run_id = %s", [fork["id"]]).fetchone()
        events = connection.execute(
            "SELECT type, data ->> 'run_id' FROM run_events WHERE run_id = %s ORDER BY seq LIMIT 1", [fork["id"]]
        ).fetchone()
    assert (jobs, events) == ((1,), ("run.forked", origin["id"]))
    with member.api() as api:
        listed = api.get("/runs", params={"forked_from": origin["id"]}).json()["items"]
        file = steps["make"]["output"]["files"][0]["artifact"]
        url = api.get(f"/artifacts/{file}").json()["url"]
    assert [run["id"] for run in listed] == [fork["id"]]
    assert httpx.get(url).text == "made once"
    assert member.run(origin["id"])["version"] == origin["version"], "the origin is as it was"


def test_a_fork_runs_with_what_its_overrides_say(member: Member) -> None:
    origin = a_finished_run(member)
    changed = read_step("three")["arguments"]
    fork = forked(member, origin["id"], **{"from": "read", "overrides": {"read": {"arguments": changed}}})
    assert fork["overrides"] == {"read": {"arguments": changed}}
    assert member.ended(fork["id"])["status"] == "COMPLETED"
    assert member.steps(fork["id"])["read"]["output"]["stdout"] == "made once three\n"
    again = forked(member, fork["id"], **{"from": "after"})
    assert member.ended(again["id"])["status"] == "COMPLETED", "a fork can be forked"
    assert member.steps(again["id"])["read"]["output"]["stdout"] == "made once three\n"


def test_an_agent_is_forked_at_a_turn_whose_conversation_it_shares(stack: Stack, member: Member) -> None:
    explore: dict[str, Any] = {"name": "explore", "kind": "agent", "model": "penguins-agent"}
    explore |= {"instructions": "Explore.", "tools": ["code.python"], "files": "${input.files}"}
    origin = member.ended(member.start({"steps": [explore]}, input={"files": [uploaded(member)]})["id"])
    assert origin["status"] == "COMPLETED", origin
    body = {"from": "explore", "turn": 2, "overrides": {"explore": {"instructions": "Explore more."}}}
    fork = forked(member, origin["id"], **body)
    assert fork["forked_from"]["turn"] == 2
    assert member.steps(fork["id"])["explore"]["turn"] >= 2
    ended = member.ended(fork["id"])
    assert ended["status"] == "COMPLETED", ended
    assert member.steps(fork["id"])["explore"]["turn"] == TURNS
    assert member.until(lambda: member.run(fork["id"])["usage"]["final"])
    with stack.superuser() as connection:

        def rows(query: str, run: dict[str, Any]) -> list[Any]:
            return connection.execute(query, [run["id"]]).fetchall()

        calls = "SELECT count(*) FROM llm_events WHERE run_id = %s"
        assert (rows(calls, origin), rows(calls, fork)) == ([(TURNS,)], [(TURNS - 2,)]), "the prefix is paid once"
        jobs = "SELECT count(*) FROM tool_events WHERE run_id = %s"
        assert rows(jobs, fork) == [(TOOL_CALLS - 2,)]
        manifest = (
            "SELECT manifest FROM checkpoints JOIN steps USING (step_id) WHERE run_id = %s AND checkpoints.turn = 2"
        )
        assert rows(manifest, fork) == rows(manifest, origin), "the same parts"
        asked = """SELECT request -> 'messages' -> 0 ->> 'content' FROM turns JOIN steps USING (step_id)
                   WHERE run_id = %s ORDER BY turns.turn"""
        assert rows(asked, fork) == [("Explore more.",)] * (TURNS - 2)
    checkpoints = f"/runs/{origin['id']}/steps/explore/checkpoints"
    with member.api() as api:
        listed = api.get(checkpoints).json()["items"]
        assert [(one["turn"], one["is_head"]) for one in listed][:2] == [(TURNS, True), (TURNS - 1, False)]
        assert api.get(f"{checkpoints}/2").json()["messages"][0] == {"role": "system", "content": "Explore."}
        assert api.post(f"{checkpoints}/verify").json()["ok"] is True
        refused = api.delete(f"{checkpoints}/2")
        assert (refused.status_code, fork["id"] in refused.json()["detail"]) == (409, True)
        assert api.delete(f"{checkpoints}/{TURNS}").status_code == 204
        assert [one["turn"] for one in api.get(checkpoints).json()["items"]] == [one["turn"] for one in listed[1:]]


def test_a_running_run_is_forked_from_finished_steps_only(member: Member) -> None:
    run = member.start({"steps": [tool("make", WRITE), tool("slow", SLEEP, "make"), noop("beside")]})
    assert member.until(lambda: member.steps(run["id"]).get("slow", {}).get("status") == "RUNNING")
    with member.api() as api:
        refused = api.post(f"/runs/{run['id']}/fork", json={"from": "slow"})
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:lockstep:problem:conflict")
        assert "slow is RUNNING" in refused.json()["detail"]
    quick = {"slow": {"arguments": {"code": "print('quick')"}}}
    fork = forked(member, run["id"], **{"from": "beside", "overrides": quick})
    ended = member.ended(fork["id"])
    assert ended["status"] == "COMPLETED", ended
    steps = member.steps(fork["id"])
    assert steps["make"]["copied_from"] is not None
    assert steps["slow"]["output"]["stdout"] == "quick\n", "what had not ended runs from its beginning"
    assert member.run(run["id"])["status"] == "RUNNING"
    with member.api() as api:
        assert api.delete(f"/runs/{run['id']}").status_code == 200


def test_a_fork_that_is_not_to_start_waits_to_be_resumed(member: Member) -> None:
    origin = a_finished_run(member)
    fork = forked(member, origin["id"], **{"from": "read", "start": False, "budget": {"tokens": 5}})
    assert (fork["status"], fork["pause_reason"], fork["budget"]["tokens"]) == ("PAUSED", "user", 5)
    with member.api() as api:
        assert [wait["for"] for wait in api.get(f"/runs/{fork['id']}/explain").json()["waits"]] == ["pause"]
        assert api.post(f"/runs/{fork['id']}/resume").status_code == 200
    assert member.ended(fork["id"])["status"] == "COMPLETED"
    assert member.steps(fork["id"])["make"]["attempt"] == 0


def test_one_idempotency_key_makes_one_fork(member: Member) -> None:
    origin = a_finished_run(member)
    path, headers = f"/runs/{origin['id']}/fork", {"Idempotency-Key": "fork-once"}

    def post(_: int) -> httpx.Response:
        with member.api() as api:
            return api.post(path, json={"from": "read"}, headers=headers)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(post, range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    with member.api() as api:
        other = api.post(path, json={"from": "after"}, headers=headers)
    assert (other.status_code, other.json()["type"]) == (422, "urn:lockstep:problem:idempotency_key_reused")
    assert member.ended(answers[0].json()["id"])["status"] == "COMPLETED"


@pytest.fixture(scope="module")
def finished(stack: Stack) -> tuple[Member, str]:
    """(member, run) to be asked for what is refused."""
    member = new_member(stack)
    return member, a_finished_run(member)["id"]


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"from": "nowhere"}, 404, "/body/from"),
        ({"from": "read", "turn": 1}, 400, "/body/turn"),
        ({"from": "read", "overrides": {"nowhere": {"prompt": "x"}}}, 422, "/body/overrides/nowhere"),
        ({"from": "read", "overrides": {"make": {"arguments": {}}}}, 422, "/body/overrides/make"),
        ({"from": "read", "overrides": {"read": {"needs": []}}}, 400, "/body/overrides/read/needs"),
        ({"from": "read", "overrides": {"read": {"prompt": "x"}}}, 422, "/body/overrides/read/prompt"),
        ({"from": "read", "overrides": {"read": {"arguments": 5}}}, 400, "/body/overrides/read/arguments"),
        ({"from": "read", "overrides": {"read": {"arguments": None}}}, 400, "/body/overrides/read/arguments"),
        ({"from": "read", "overrides": {"read": {"arguments": {}}}}, 422, "/body/overrides/read/arguments"),
        (
            {"from": "read", "overrides": {"read": {"arguments": {"code": "1", "inputs": "${steps.beside.output}"}}}},
            422,
            "/body/overrides/read/arguments/inputs",
        ),
    ],
)
def test_what_no_fork_can_begin_with_is_refused_at_its_place(
    finished: tuple[Member, str], body: dict[str, Any], status: int, pointer: str
) -> None:
    member, run_id = finished
    with member.api() as api:
        answer = api.post(f"/runs/{run_id}/fork", json=body)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, pointer), answer.text
        assert api.get("/runs", params={"forked_from": run_id}).json()["items"] == []
