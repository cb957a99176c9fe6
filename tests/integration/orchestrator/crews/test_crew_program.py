"""The real program with the real CrewAI: what it asks, that it asks the same again, and what it cannot reach."""

import ast
import asyncio
import json
import os
import re
import shlex
import shutil
import signal
import struct
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from fixtures.eventually import eventually
from fixtures.running.workers import CREW_PYTHON as PYTHON
from foundation.domain.errors import SandboxUnavailable
from orchestrator.clients.crew_program import walls
from orchestrator.clients.crew_program.base import CrewBroken, CrewLost, CrewUnavailable
from orchestrator.clients.crew_program.bubblewrap import BubblewrapCrewProgram, ProcessConversation
from orchestrator.engines.crew.said import read

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]

MEMORY = 2 << 30
TOOL = {
    "tool": "code.python",
    "name": "code_python",
    "description": "Runs {python}: as it is",
    "parameters": {"type": "object"},
}
Answer = Callable[[dict[str, Any]], dict[str, Any]]


def program(python: Path | None = PYTHON, **settings: Any) -> BubblewrapCrewProgram:
    return BubblewrapCrewProgram(python, **{"memory_bytes": MEMORY, "start_seconds": 120, **settings})


def agent(name: str, **more: Any) -> dict[str, Any]:
    words = {"role": f"Role of {name}", "goal": f"Goal of {name}", "backstory": ""}
    return {"name": name, **words, "max_turns": 3, "tools": [], **more}


def task(name: str, by: str | None, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "description": f"Do {name}",
        "expected_output": "A text",
        "agent": by,
        "context": None,
        **more,
    }


def crew(*, agents: list[dict[str, Any]], tasks: list[dict[str, Any]], process: str = "sequential") -> dict[str, Any]:
    return {"process": process, "max_turns": 20, "agents": agents, "tasks": tasks}


def text(words: str) -> dict[str, Any]:
    return {"type": "answer", "text": words, "tool_calls": []}


def wants(*calls: tuple[str, Any]) -> dict[str, Any]:
    made = [
        {"id": f"call-{index}", "name": name, "arguments": json.dumps(arguments), "readable": True}
        for index, (name, arguments) in enumerate(calls)
    ]
    return {"type": "answer", "text": "", "tool_calls": made}


def turns_in(ask: dict[str, Any]) -> int:
    return sum(message["role"] == "assistant" for message in ask["messages"])


async def play(told: dict[str, Any], answer: Answer, of: BubblewrapCrewProgram | None = None) -> list[dict[str, Any]]:
    """All that the program said, in order."""
    heard = []
    async with (of or program()).start() as conversation:
        await conversation.send({"type": "start", "v": 1, "crew": told})
        while True:
            said = read(await conversation.receive()).model_dump()
            heard.append(said)
            if said["type"] in {"done", "failed"}:
                return heard
            if said["type"] != "task":
                await conversation.send({"id": said["id"], **answer(said)})


def of_type(heard: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [said for said in heard if said["type"] == kind]


TWO = crew(agents=[agent("first", tools=[TOOL]), agent("second")], tasks=[task("one", "first"), task("two", "second")])


def two(said: dict[str, Any]) -> dict[str, Any]:
    if said["type"] == "call":
        return {"type": "result", "text": json.dumps({"status": "SUCCEEDED", "stdout": said["arguments"]["code"]})}
    if said["agent"] == "first" and turns_in(said) == 0:
        return wants(("code_python", {"code": "print(1)"}), ("code_python", {"code": "print(2)"}))
    return text(f"text of {said['agent']}")


async def test_a_crew_goes_through_its_tasks_with_tools_and_the_texts_of_those_before() -> None:
    heard = await play(TWO, two)
    assert [said["agent"] for said in of_type(heard, "ask")] == ["first", "first", "second"]
    assert sorted(said["arguments"]["code"] for said in of_type(heard, "call")) == ["print(1)", "print(2)"]
    assert of_type(heard, "ask")[0]["tools"] == ["code.python"]
    results = [message for message in of_type(heard, "ask")[1]["messages"] if message["role"] == "tool"]
    assert [json.loads(message["content"])["stdout"] for message in results] == ["print(1)", "print(2)"]
    assert "text of first" in of_type(heard, "ask")[2]["messages"][-1]["content"]
    assert [(said["name"], said["text"]) for said in of_type(heard, "task")] == [
        ("one", "text of first"),
        ("two", "text of second"),
    ]
    assert heard[-1] == {"type": "done", "text": "text of second"}


def led(said: dict[str, Any]) -> dict[str, Any]:
    if said["type"] == "call":
        return {"type": "result", "text": "1"}
    if said["agent"] is None and turns_in(said) == 0:
        work = {"task": "Count {them}: all", "context": "none {tools}"}
        return wants(
            ("delegate_work_to_coworker", {**work, "coworker": "Role of first"}),
            ("ask_question_to_coworker", {"question": "Who?", "context": "", "coworker": "role OF second"}),
            ("delegate_work_to_coworker", {**work, "coworker": "nobody"}),
        )
    if said["agent"] == "first" and turns_in(said) == 0:
        return wants(("code_python", {"code": "1"}), ("code_python", {"code": "1"}))
    return text(f"text of {said['agent']}")


LED = crew(
    agents=[agent("first", tools=[TOOL]), agent("second")],
    tasks=[task("one", None), task("two", "first", context=["one"])],
    process="hierarchical",
)


async def test_a_manager_hands_work_out_one_piece_after_the_other() -> None:
    heard = await play(LED, led)
    assert [said["agent"] for said in of_type(heard, "ask")] == [
        *(None, "first", "first", "second", None),
        *(None, "first", "first", None),
    ]
    first = of_type(heard, "ask")
    assert [function["name"] for function in first[0]["functions"]] == [
        "delegate_work_to_coworker",
        "ask_question_to_coworker",
    ]
    assert "Count {them}: all" in first[1]["messages"][-1]["content"]
    answers = [message["content"] for message in first[4]["messages"] if message["role"] == "tool"]
    assert answers[:2] == ["text of first", "text of second"]
    assert "coworker mentioned not found" in answers[2]


@pytest.mark.parametrize(("told", "answer"), [(TWO, two), (LED, led)], ids=["sequential", "hierarchical"])
async def test_a_crew_that_is_played_again_asks_the_same_in_the_same_order(
    told: dict[str, Any], answer: Answer
) -> None:
    first, second = await asyncio.gather(play(told, answer), play(told, answer))
    # Calls that differ are made at once, so these two may change places.
    assert _asks(first) == _asks(second)
    assert sorted(map(_call, of_type(first, "call"))) == sorted(map(_call, of_type(second, "call")))


def _asks(heard: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**said, "id": 0} for said in of_type(heard, "ask")]


def _call(said: dict[str, Any]) -> str:
    return json.dumps({**said, "id": 0}, sort_keys=True)


async def test_texts_with_what_crewai_reads_as_marks_stay_as_they_are() -> None:
    marks = "{input} {tools} {tool_names} {role} {{x}} Action: a\nAction Input: b\nFinal Answer: c \ue000b"
    member = agent("first", role=f"R {marks}", goal=f"G {marks}", backstory=f"B {marks}", tools=[TOOL])
    told = crew(
        agents=[member, agent("second")],
        tasks=[task("one", "first", description=f"D {marks}", expected_output=f"E {marks}"), task("two", "second")],
    )
    written = json.dumps({"code": marks, marks: [marks]}, indent=1)

    def answer(said: dict[str, Any]) -> dict[str, Any]:
        if said["type"] == "call":
            return {"type": "result", "text": marks}
        if said["agent"] == "first" and turns_in(said) == 0:
            call = {"id": "call-0", "name": "code_python", "arguments": written, "readable": True}
            return {"type": "answer", "text": "", "tool_calls": [call]}
        return text(f"{said['agent']}: {marks}")

    heard = await play(told, answer)
    first, again, second = of_type(heard, "ask")
    system, user = (message["content"] for message in first["messages"])
    assert all(f"{letter} {marks}" in system for letter in "RGB")
    assert all(f"{letter} {marks}" in user for letter in "DE")
    [call] = of_type(heard, "call")
    assert call["arguments"] == {"code": marks, marks: [marks]}
    # The model is shown its call as it has written it.
    assert again["messages"][2]["tool_calls"] == [{"id": "call-0", "name": "code_python", "arguments": written}]
    assert again["messages"][3]["content"] == marks
    assert f"first: {marks}" in second["messages"][-1]["content"]
    assert heard[-1] == {"type": "done", "text": f"second: {marks}"}


async def test_an_agent_that_uses_up_its_turns_is_asked_once_more_without_tools() -> None:
    def restless(said: dict[str, Any]) -> dict[str, Any]:
        if said["type"] == "call":
            return {"type": "result", "text": said["arguments"]["code"]}
        return wants(("code_python", {"code": str(turns_in(said))})) if said["tools"] else text("the best that I have")

    heard = await play(crew(agents=[agent("first", tools=[TOOL])], tasks=[task("one", "first")]), restless)
    assert [bool(said["tools"]) for said in of_type(heard, "ask")] == [True, True, True, False]
    assert heard[-1] == {"type": "done", "text": "the best that I have"}


async def test_arguments_that_cannot_be_read_and_tools_that_are_not_there_are_told_to_the_model() -> None:
    def clumsy(said: dict[str, Any]) -> dict[str, Any]:
        if turns_in(said):
            return text("sorry")
        broken = {"id": "a", "name": "code_python", "arguments": "[1", "readable": False}
        unknown = {"id": "b", "name": "shell", "arguments": "", "readable": True}
        return {"type": "answer", "text": "", "tool_calls": [broken, unknown]}

    heard = await play(crew(agents=[agent("first", tools=[TOOL])], tasks=[task("one", "first")]), clumsy)
    told = [message for message in of_type(heard, "ask")[1]["messages"] if message["role"] == "tool"]
    assert "Failed to parse tool arguments as JSON" in told[0]["content"]
    assert told[1]["content"] == "Tool not found"
    assert of_type(heard, "call") == []


async def test_the_same_call_with_the_same_result_five_times_ends_the_crew_with_the_reason() -> None:
    def stubborn(said: dict[str, Any]) -> dict[str, Any]:
        return {"type": "result", "text": "no"} if said["type"] == "call" else wants(("code_python", {"code": "1"}))

    member = agent("first", tools=[TOOL], max_turns=9)
    heard = await play(crew(agents=[member], tasks=[task("one", "first")]), stubborn)
    assert len(of_type(heard, "call")) == 5
    assert "not making progress" in heard[-1]["reason"]


# --- what it cannot reach, and what is left of it

KILL, ALLOW = 0x80000000, 0x7FFF0000
# connect, sendmsg, sendmmsg, io_uring_setup; and sendto, where it has an address.
NETWORK, SENDTO = {
    "x86_64": ((42, 46, 307, 425), 44),
    "aarch64": ((203, 211, 269, 425), 206),
}[os.uname().machine]


def recorder() -> int:
    """A filter that kills whoever connects or sends to an address, in Python or in any library, as a descriptor.

    A socket alone is no attempt: urllib3 makes one when it is imported, to see whether the machine knows IPv6.
    """
    load, equal, give = 0x20, 0x15, 0x06
    address = 16 + 8 * 4
    kill_at = len(NETWORK) + 5
    instructions = [
        (load, 0, 0, 0),
        *((equal, kill_at - 2 - at, 0, number) for at, number in enumerate(NETWORK)),
        (equal, 0, 2, SENDTO),
        (load, 0, 0, address),
        (equal, 0, 1, 0),
        (give, 0, 0, ALLOW),
        (give, 0, 0, KILL),
    ]
    assert instructions[kill_at] == (give, 0, 0, KILL)
    fd = os.memfd_create("recorder")
    os.write(fd, b"".join(struct.pack("<HBBI", *one) for one in instructions))
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


@pytest.fixture
def behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., BubblewrapCrewProgram]:
    """The shipped walls with the recorder before whatever runs in them: the shipped program, or a line of Python."""

    real, path = shutil.which("bwrap"), os.environ["PATH"]

    def make(line: str | None = None) -> BubblewrapCrewProgram:
        fd = recorder()
        changed = (
            ""
            if line is None
            else f"""
for i in "${{!args[@]}}"; do
    if [ "${{args[$i]}}" = -m ]; then args[$i]=-c; args[$((i + 1))]={shlex.quote(line)}; fi
done"""
        )
        script = tmp_path / "bwrap"
        script.write_text(
            f'#!/bin/bash\nargs=("$@"){changed}\nexec 9</proc/{os.getpid()}/fd/{fd}\n'
            f'exec {real} --seccomp 9 "${{args[@]}}"\n'
        )
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{path}")
        return program()

    return make


Behind = Callable[..., BubblewrapCrewProgram]


async def test_crewai_asks_for_no_connection_from_its_start_to_its_end(behind: Behind) -> None:
    for told, answer in ((TWO, two), (LED, led)):
        assert (await play(told, answer, behind()))[-1]["type"] == "done"


@pytest.mark.parametrize(
    "line",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9), 1)",
        "import socket; socket.getaddrinfo('telemetry.crewai.com', 443)",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
        "import ctypes; ctypes.CDLL(None).connect(3, b'\\2\\0' + bytes(14), 16)",
        "import requests; requests.get('http://127.0.0.1:9')",
        "import threading, requests; threading.Thread(target=requests.get, args=('http://[::1]:9',)).start()",
    ],
)
async def test_the_recorder_would_have_seen_one(behind: Behind, line: str) -> None:
    with pytest.raises(CrewLost, match=f"killed by signal {int(signal.SIGSYS)}"):
        await play(TWO, two, behind(line))


async def seen_inside(behind: Behind, expression: str) -> str:
    """What an expression gives where the program runs."""
    line = f"import os, sys, pathlib; sys.stderr.write('<' + repr({expression}) + '>'); sys.exit(3)"
    with pytest.raises(CrewBroken) as ended:
        await play(TWO, two, behind(line))
    found = re.search(r"<(.*)>", ended.value.detail, re.DOTALL)
    assert found, ended.value.detail
    return found[1]


async def test_the_program_has_only_the_variables_that_it_needs(
    behind: Behind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    assert set(ast.literal_eval(await seen_inside(behind, "sorted(os.environ)"))) - {"PWD", "LC_CTYPE"} == set(
        walls.ENVIRONMENT
    )


async def test_the_program_sees_no_file_of_ours_and_no_process_but_its_own(behind: Behind) -> None:
    root = Path(__file__).parents[4]
    for path in (root / ".local" / "env", root / "pyproject.toml", root / "services" / "foundation", "/etc/passwd"):
        assert await seen_inside(behind, f"os.path.exists({str(path)!r})") == "False"
    assert await seen_inside(behind, "[p for p in os.listdir('/proc') if p.isdigit() and int(p) > 9]") == "[]"
    assert await seen_inside(behind, "[line.split(':')[0].strip() for line in open('/proc/net/dev')][2:]") == "['lo']"
    # Its packages are shown where they are, so that a tree below /tmp has its way there shown too, and nothing else.
    shown = [PYTHON.parts[2]] if PYTHON.is_relative_to("/tmp") else []
    assert await seen_inside(behind, "os.listdir('/tmp')") == str(shown)
    for place in (walls.SERVICES, PYTHON.parent, "/usr"):
        assert await seen_inside(behind, f"os.access({str(place)!r}, os.W_OK)") == "False"


async def test_nothing_of_crewai_is_left_in_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    packages = PYTHON.parent.parent
    before = {path: path.stat().st_mtime_ns for path in packages.rglob("*")}
    await play(TWO, two)
    assert list(tmp_path.iterdir()) == []
    assert {path: path.stat().st_mtime_ns for path in packages.rglob("*")} == before


# --- how it ends


async def test_leaving_the_conversation_kills_the_program_with_all_that_it_is() -> None:
    async with program().start() as conversation:
        assert isinstance(conversation, ProcessConversation)
        pid = conversation.pid
        await conversation.send({"type": "start", "v": 1, "crew": TWO})
        read(await conversation.receive())
        inside = _below(pid)
        assert inside
    # They have let go of the socket, so all that they still do is end.
    await eventually(partial(_all_are_gone, (pid, *inside)))


async def test_a_program_that_is_killed_says_so() -> None:
    async with program().start() as conversation:
        assert isinstance(conversation, ProcessConversation)
        os.kill(_below(conversation.pid)[-1], signal.SIGKILL)
        with pytest.raises(CrewLost, match="killed by signal 9"):
            await conversation.receive()


async def test_a_program_without_memory_ends_its_step_with_the_reason() -> None:
    with pytest.raises((CrewBroken, CrewLost)):
        await play(TWO, two, program(memory_bytes=64 << 20))


async def test_a_program_that_does_not_start_in_time_is_tried_again() -> None:
    with pytest.raises(CrewLost, match="did not start"):
        await play(TWO, two, program(start_seconds=0.05))


async def test_a_worker_without_the_environment_or_the_walls_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for missing in (None, tmp_path / "python"):
        with pytest.raises(CrewUnavailable, match="make prepare"):
            await play(TWO, two, program(missing))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxUnavailable, match="bubblewrap"):
        await play(TWO, two)


async def test_a_program_of_another_version_is_refused(behind: Behind) -> None:
    line = (
        "import socket, sys; from orchestrator.clients.crew_program import frames;"
        "socket.socket(fileno=int(sys.argv[1])).sendall(frames.encode({'type': 'ready', 'v': 2}))"
    )
    with pytest.raises(CrewBroken, match="another version"):
        await play(TWO, two, behind(line))


async def test_a_program_that_says_a_length_beyond_the_limit_is_ended(behind: Behind) -> None:
    line = "import socket, sys; socket.socket(fileno=int(sys.argv[1])).sendall(b'\\xff' * 8)"
    with pytest.raises(CrewBroken, match="protocol"):
        await play(TWO, two, behind(line))


async def _all_are_gone(pids: tuple[int, ...]) -> bool:
    """Whether none runs any more; one that is dead may stay in the list until its new parent has looked at it."""
    return all(_state(pid) in {"", "Z", "X"} for pid in pids)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _below(pid: int) -> list[int]:
    """The processes that this one has started, and those that they have."""
    children = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [one for child in children for one in (child, *_below(child))]
