"""Has an agent work in a folder, tells what it does while it does it, and says at the end what came of it."""

import contextlib
import json
import os
import pathlib
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from tool_runtime.tools.programs.alone import closed_to_others, end_all_others
from tool_runtime.tools.programs.clock import SECONDS
from tool_runtime.tools.programs.code_agent import claude_code, codex
from tool_runtime.tools.programs.code_agent.agents import HOME, NODE, Heard, Start, Told, short
from tool_runtime.tools.programs.code_agent.changes import FolderChanges
from tool_runtime.tools.programs.endings import OUT, ActionFailed, ends, told_error
from tool_runtime.tools.programs.git.actions import clone
from tool_runtime.tools.programs.git.commands import ENVIRONMENT, ended_at
from tool_runtime.tools.programs.places import WORK, place
from tool_runtime.tools.programs.results import Room, clean, put_away

AGENTS: dict[str, tuple[Callable[[Told], Start], Callable[[dict[str, Any], Heard], None]]] = {
    "claude_code": (claude_code.start, claude_code.hear),
    "codex": (codex.start, codex.hear),
}

TOLD = WORK / "in" / "code_agent.json"
_MOST_OF_A_LINE = 4 * 1024 * 1024
_ANSWER_BYTES = 96 * 1024
ANSWER = "answer.txt"
"""The file with the whole of an answer that is longer."""
_SHOWN_ERROR = 2_000
_GIT_SETTINGS = "[user]\n\tname = code agent\n\temail = code-agent@lockstep.invalid\n[safe]\n\tdirectory = *\n"
_STOP_SECONDS = 3.0


def main() -> int:
    closed_to_others()
    return ends(_told)


def _told() -> dict[str, Any]:
    """Whatever comes of it, the result says of which agent, model and folder it is."""
    told = json.loads(TOLD.read_bytes())
    about = {name: told[name] for name in ("agent", "model", "folder")}
    ends_at = time.monotonic() + _seconds_for_the_agent(float(os.environ[SECONDS]))
    try:
        return {**about, **_worked(told, ends_at)}
    except Exception as error:  # noqa: BLE001 - the edge: whatever it is stands beside what the call was about
        return {**about, "error": told_error(error)}


def _seconds_for_the_agent(seconds: float) -> float:
    """All but what it takes to find out afterwards what was changed."""
    return seconds - min(15.0, max(2.0, seconds / 10))


def _worked(told: Told, ends_at: float) -> dict[str, Any]:
    """The end of the agent and its changes. Raises `ActionFailed` where it could not begin."""
    start, hear = AGENTS[told["agent"]]
    folder = _prepared(told, ends_at)
    HOME.mkdir()
    (HOME / ".gitconfig").write_text(_GIT_SETTINGS)
    began = start(told)
    if not began.program.is_file():
        raise ActionFailed("agent_not_installed", f"{told['agent']} is not installed here; its operator can install it")
    changes = FolderChanges(folder)
    heard = Heard()
    trouble = _run(began, folder, lambda event: hear(event, heard), heard, ends_at)
    # What it has left running would change the folder behind what is told of it.
    end_all_others()
    room = Room()
    answer = {} if heard.answer is None else _answer(heard.answer, room)
    failure = _failure(trouble, heard)
    return {**answer, **changes.told(room), **({} if failure is None else {"error": failure})}


def _answer(words: str, room: Room) -> dict[str, Any]:
    """The agent's last words; where they are long, all of them are a file."""
    shown = Room(_ANSWER_BYTES).text(words)
    room.takes(shown)
    if shown == clean(words):
        return {"answer": shown}
    put_away(ANSWER, OUT)
    (OUT / ANSWER).write_text(clean(words), encoding="utf-8")
    return {"answer": shown, "answer_truncated": True}


def _prepared(told: Told, ends_at: float) -> pathlib.Path:
    """The folder that the agent works in. A clone that takes all of its time ends as an agent that does."""
    folder = place(told["folder"])
    if told["url"] is not None:
        asked = {"folder": told["folder"], "url": told["url"], "branch": told["branch"], "depth": None}
        try:
            with ended_at(ends_at):
                clone(asked)
        except ActionFailed as error:
            if error.code != "timed_out":
                raise
            raise ActionFailed("out_of_time", "the clone had not finished when the time was over") from None
    elif not folder.is_dir():
        folder.mkdir(parents=True)
        for staged in (WORK / "in").iterdir():
            if staged != TOLD:
                copied = shutil.copytree if staged.is_dir() else shutil.copyfile
                copied(staged, folder / staged.name)
    return folder


def _run(
    began: Start, folder: pathlib.Path, hear: Callable[[dict[str, Any]], None], heard: Heard, ends_at: float
) -> dict[str, str] | None:
    """Runs the agent to its end; what went wrong with the process itself, where something did."""
    env = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT}
    # Without compiled files of Python's, which would be among the changes wherever no .gitignore names them.
    python = {"PYTHONPATH": "/opt/site", "PYTHONDONTWRITEBYTECODE": "1"}
    env |= {"HOME": str(HOME), "SHELL": "/bin/bash", **python, **began.env}
    with (HOME / "errors").open("w+b") as errors:
        process = subprocess.Popen(
            [NODE, str(began.program), *began.arguments],
            cwd=folder,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
        with contextlib.suppress(BrokenPipeError):
            assert process.stdin is not None  # noqa: S101  (it is a pipe)
            process.stdin.write(began.given.encode())
            process.stdin.close()
        is_late = False
        for line in _lines(process, ends_at):
            if line is None:
                is_late = True
                break
            _hear(line, hear, heard)
        _end(process)
        if is_late:
            return {"code": "out_of_time", "detail": "the agent had not finished when its time was over"}
        if process.returncode == 0 or heard.failure is not None:
            return None
        errors.seek(max(0, errors.tell() - _SHOWN_ERROR))
        words = errors.read().decode("utf-8", "replace").strip()
        return {"code": "agent_failed", "detail": f"it ended with {process.returncode}: {words}"[:_SHOWN_ERROR]}


def _lines(process: "subprocess.Popen[bytes]", ends_at: float) -> Iterator[bytes | None]:
    """The lines that it writes until it has ended, or None when its time is over. A line too long loses its end."""
    assert process.stdout is not None  # noqa: S101  (it is a pipe)
    pending = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            left = ends_at - time.monotonic()
            if left <= 0:
                yield None
                return
            if not selector.select(min(left, 1.0)):
                if process.poll() is not None:
                    # Something that it has started holds its output open.
                    break
                continue
            data = os.read(process.stdout.fileno(), 65536)
            if not data:
                break
            *whole, pending = (pending + data).split(b"\n")
            pending = pending[:_MOST_OF_A_LINE]
            yield from whole
    yield pending


def _hear(line: bytes, hear: Callable[[dict[str, Any]], None], heard: Heard) -> None:
    with contextlib.suppress(ValueError, RecursionError):
        event = json.loads(line)
        if isinstance(event, dict):
            hear(event)
    for said in heard.take_lines():
        sys.stdout.write(said + "\n")
    sys.stdout.flush()


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ends what is left of it and of what it has started in its own group."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(0.5)
    for way in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, way)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_SECONDS)
    process.wait()


def _failure(trouble: dict[str, str] | None, heard: Heard) -> dict[str, str] | None:
    """What went wrong, in the agent's own words: that the platform stopped it, the launcher knows by its records."""
    if trouble is not None:
        return trouble
    if heard.failure is not None:
        return {"code": "agent_failed", "detail": short(heard.failure, _SHOWN_ERROR)}
    if not heard.has_ended:
        return {"code": "agent_failed", "detail": "it ended without saying how"}
    return None


if __name__ == "__main__":
    sys.exit(main())
