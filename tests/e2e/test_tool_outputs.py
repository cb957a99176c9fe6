"""What a tool step tells of what it gave: nothing is lost without a word, whatever way it ended."""

from typing import Any

import pytest

from fixtures.running.stack import Member

pytestmark = pytest.mark.stack


def tool(name: str, code: str, *, timeout_seconds: int = 300, **arguments: Any) -> dict[str, Any]:
    step = {"name": name, "kind": "tool", "tool": "code.python", "timeout_seconds": timeout_seconds}
    return {**step, "arguments": {"code": code, **arguments}}


def outputs(member: Member, *steps: dict[str, Any]) -> dict[str, dict[str, Any]]:
    member_run = member.start({"steps": list(steps)})
    member.ended(member_run["id"])
    return member.steps(member_run["id"])


def names(step: dict[str, Any]) -> list[str]:
    return [file["name"] for file in step["output"]["files"]]


def test_files_are_kept_or_named_with_the_reason(member: Member) -> None:
    many = "for n in range(40): open(f'out/f{n:02}.csv', 'w').write('x')"
    unicode = (
        "import os\nos.makedirs('out/日本')\n"
        "for n in ('résumé.csv', 'report (1).csv', '日本/🐧.txt', 'a\\nb'): open('out/' + n, 'w').write('x')"
    )
    large = (
        "import os\nopen('out/big', 'wb').write(bytes(70 << 20))\n"
        "open('out/small', 'w').write('x')\nos.symlink('/etc/passwd', 'out/link')"
    )
    steps = outputs(member, tool("many", many), tool("unicode", unicode), tool("large", large))
    assert (len(names(steps["many"])), steps["many"]["output"]["skipped"]) == (40, [])
    assert sorted(names(steps["unicode"])) == ["report (1).csv", "résumé.csv", "日本/🐧.txt"]
    assert [entry["path"] for entry in steps["unicode"]["output"]["skipped"]] == ["a\\nb"]
    assert names(steps["large"]) == ["small"]
    assert {entry["path"]: entry["reason"] for entry in steps["large"]["output"]["skipped"]} == {
        "big": "73400320 bytes, more than what is left of 67108864 for all files",
        "link": "symbolic link",
    }


RESULTS = {
    "nan": ("json.dump({'mean': float('nan')}, f)", "result.json: /mean: NaN is no JSON number"),
    "broken": ("f.write('{')", "result.json: malformed JSON at line 1"),
    "large": ("f.write('\"' + 'x' * 300_000 + '\"')", "result.json: the document has 300002 bytes"),
    "deep": ("f.write('[' * 300 + ']' * 300)", "result.json: "),
    "twice": ('f.write(\'{"a": 1, "a": 2}\')', "stands twice"),
    "nul": ("f.write('\"\\\\u0000\"')", "U+0000"),
}


def test_a_result_that_is_no_file_to_be_read_says_which(member: Member) -> None:
    made = {
        "link": ("os.symlink('/etc/passwd', path)", "symbolic link"),
        "pipe": ("os.mkfifo(path)", "not a plain file"),
        "folder": ("os.mkdir(path)", "a folder, where a document was to be"),
    }
    steps = outputs(
        member, *(tool(name, f"import os; path = 'out/result.json'; {code}") for name, (code, _) in made.items())
    )
    told = {name: (step["output"]["result"], step["output"]["result_error"]) for name, step in steps.items()}
    assert told == {name: (None, f"result.json cannot be read: {why}") for name, (_, why) in made.items()}


def test_a_result_that_its_program_closed_to_itself_is_read(member: Member) -> None:
    code = "import os; open('out/result.json', 'w').write('1'); os.chmod('out/result.json', 0); os.chmod('out', 0)"
    output = outputs(member, tool("closed", code))["closed"]["output"]
    assert (output["result"], output["result_error"], output["skipped"]) == (1, None, [])


def test_a_result_of_many_small_values_is_as_long_as_it_was_written(member: Member) -> None:
    code = "import json; json.dump([1] * 120_000, open('out/result.json', 'w'), separators=(',', ':'))"
    output = outputs(member, tool("a", code))["a"]["output"]
    assert (len(output["result"]), output["result_error"]) == (120_000, None)


def test_a_result_that_is_none_says_why(member: Member) -> None:
    opened = "import json; f = open('out/result.json', 'w'); {}; f.close()"
    good = tool("good", opened.format("json.dump({'n': [1, None]}, f)"))
    steps = outputs(member, good, *(tool(name, opened.format(write)) for name, (write, _) in RESULTS.items()))
    assert (steps["good"]["output"]["result"], steps["good"]["output"]["result_error"]) == ({"n": [1, None]}, None)
    for name, (_, why) in RESULTS.items():
        output = steps[name]["output"]
        assert (steps[name]["status"], output["result"], why in output["result_error"]) == ("SUCCESS", None, True), name


def test_a_long_stream_keeps_its_beginning_and_its_end(member: Member) -> None:
    warn = "import sys\nfor i in range(30_000): print('W%06d warning' % i, file=sys.stderr)"
    code = f"{warn}\nraise ValueError('the real error')"
    step = outputs(member, tool("a", code))["a"]
    assert step["error"]["code"] == "exit_code"
    assert "the real error" in step["error"]["detail"]
    stderr, cut = step["output"]["stderr"], step["output"]["cut"]
    assert stderr.startswith("W000000 warning\n")
    assert stderr.rstrip().endswith("ValueError: the real error")
    assert cut.keys() == {"stderr"}
    assert f"[{cut['stderr']['bytes']} bytes are left out here]" in stderr
    assert cut["stderr"]["after"] == 16_384


WORK = """
print('row 17 is bad', flush=True)
open('out/partial.csv', 'w').write('x')
open('out/result.json', 'w').write('[17]')
"""
TAKE_ALL = "import os, time\nfor _ in range(3): os.fork()\nheld = bytearray(400 << 20); time.sleep(60)"
ENDINGS = {
    "fails": ("raise SystemExit(3)", {}, "exit_code"),
    "crashes": ("import os; os.kill(os.getpid(), 11)", {}, "signal"),
    "own_time": ("import time; time.sleep(60)", {}, "wall_time"),
    "steps_time": ("import time; time.sleep(60)", {"timeout_seconds": 2}, "step_timed_out"),
    "memory": (TAKE_ALL, {}, "memory"),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_step_that_failed_tells_what_it_had(member: Member, ending: str) -> None:
    code, more, reason = ENDINGS[ending]
    step = {**tool("a", WORK + code), **more}
    if ending == "own_time":
        step["arguments"]["timeout_seconds"] = 1
    found = outputs(member, step)["a"]
    assert (found["status"], found["error"]["code"]) == ("FAILED", reason)
    output = found["output"]
    assert output["stdout"] == "row 17 is bad\n"
    assert sorted(names(found)) == ["partial.csv", "result.json"]
    assert output["result"] == [17]
    assert output["status"] != "SUCCEEDED"
    assert output["detail"]


HALF = (
    "import json, time\njson.dump({'n': 1}, open('out/result.json', 'w'))\nopen('out/half.txt', 'w').write('x')\n"
    "print('begun', flush=True)\ntime.sleep(60)"
)


@pytest.mark.parametrize("way", ["the run is cancelled", "the run's time is over", "another step fails"])
def test_a_step_that_is_stopped_with_its_run_tells_what_it_had(member: Member, way: str) -> None:
    steps, task = [tool("half", HALF)], dict[str, Any]()
    if way == "the run's time is over":
        task["timeout_seconds"] = 4
    if way == "another step fails":
        task["on_step_failure"] = "fail"
        steps.append(tool("bad", "import time; time.sleep(2); raise SystemExit(3)"))
    run = member.start({"steps": steps, **task})
    if way == "the run is cancelled":
        # The program has begun when its start is on the row and the sandbox has had a moment to write.
        assert member.until(lambda: member.steps(run["id"]).get("half", {}).get("status") == "RUNNING")
        member.until(lambda: False, seconds=1.5)
        with member.api() as api:
            api.delete(f"/runs/{run['id']}").raise_for_status()
    member.ended(run["id"])
    # What was collected comes after the step's end: the worker waits for the program to hand it out.
    step = member.until(lambda: found if (found := member.steps(run["id"])["half"])["output"] else None)
    assert step is not None
    assert step["status"] == "CANCELLED"
    assert (step["output"]["stdout"], step["output"]["status"]) == ("begun\n", "CANCELLED")
    assert sorted(names(step)) == ["half.txt", "result.json"]
    with member.api() as api:
        assert len(api.get(f"/runs/{run['id']}/artifacts").json()["items"]) == 2


def test_every_character_that_ends_a_line_for_somebody_comes_back_as_it_was(member: Member) -> None:
    said = "".join(map(chr, (0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029, 0xFFFE, 0xFFFF)))
    code = (
        f"import json\nt = {said!a}\nprint(t)\njson.dump({{'t': t}}, open('out/result.json', 'w'), ensure_ascii=False)"
    )
    step = outputs(member, tool("a", code))["a"]
    assert (step["status"], step["attempt"]) == ("SUCCESS", 1), step["error"]
    assert step["output"]["stdout"] == said + "\n"
    assert step["output"]["result"] == {"t": said}
