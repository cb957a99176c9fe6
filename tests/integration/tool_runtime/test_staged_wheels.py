"""Wheels that are staged can be imported, and one that is none ends the job in words."""

import io
import json
import zipfile
from typing import Any

import pytest

from fixtures.sandboxing.sandboxes import Ran, run_tool
from foundation.contracts.tools.code_python import CODE_PYTHON, WHEEL_REFUSED

NAME = "greeting-1.0-py3-none-any.whl"


def a_wheel(**content: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in content.items():
            made.writestr(name, text)
    return packed.getvalue()


WHEEL = a_wheel(**{
    "greeting/__init__.py": "from greeting.words import HELLO",
    "greeting/words.py": "HELLO = 'good day'",
    "greeting-1.0.data/purelib/more.py": "MORE = 'more'",
    "greeting-1.0.data/scripts/run": "#!python\nraise SystemExit('ran')",
    "greeting-1.0.dist-info/METADATA": "Name: greeting\nVersion: 1.0\n",
})  # fmt: skip


async def ran(code: str, wheel: bytes, **limits: Any) -> Ran:
    arguments = {"code": code, "wheels": [NAME]}
    return await run_tool("code.python", arguments, files={NAME: wheel}, **limits)


async def test_a_program_imports_what_its_wheels_hold_and_the_packages_that_are_there_for_all() -> None:
    code = """
import greeting, importlib.metadata, more, numpy
print(greeting.HELLO, more.MORE, importlib.metadata.version("greeting"), numpy.array([1, 2]).sum())
"""
    done = await ran(code, WHEEL)
    assert (done.outcome.exit_code, done.stdout, done.stderr) == (0, "good day more 1.0 3\n", "")


@pytest.mark.parametrize(
    ("wheel", "words"),
    [
        (a_wheel(**{"../main.py": "x"}), "no path within a wheel"),
        (a_wheel(**{"/work/out/x": "x"}), "no path within a wheel"),
        (b"PK nonsense", "is no wheel"),
        (a_wheel(bomb="0" * (300 << 20)), "cannot be unpacked"),
    ],
    ids=["upwards", "absolute", "no archive", "one that explodes"],
)
async def test_a_file_that_is_no_wheel_ends_the_job_in_words(wheel: bytes, words: str) -> None:
    done = await ran("print('ran')", wheel, memory_mb=512)
    assert (done.outcome.exit_code, done.stdout, done.survivors) == (1, "", [])
    assert words in done.stderr
    error = json.loads(done.files["result.json"])["error"]
    assert error["code"] == WHEEL_REFUSED
    assert words in error["detail"]


@pytest.mark.parametrize(
    "name", ["greeting.whl", "greeting-1.0.tar.gz", "../greeting-1.0-py3-none-any.whl", "a b-1-py3-none-any.whl"]
)
def test_a_name_that_no_wheel_has_is_refused(name: str) -> None:
    assert [fault.pointer for fault in CODE_PYTHON.faults({"code": "1", "wheels": [name]})] == ["/wheels/0"]
