"""Functions run as child processes and fail the way AWS fails."""

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fixtures.cloud.lambda_code import zipped

pytestmark = pytest.mark.stack

ECHO = """
import os
def handler(event, context):
    print("seen", event)
    return {"event": event, "id": context.aws_request_id, "left": context.get_remaining_time_in_millis(),
            "root": os.environ["LAMBDA_TASK_ROOT"], "pid": os.getpid()}
"""


def invoke(lambdas: Any, name: str, event: Any) -> tuple[Any, str | None, str]:
    answer = lambdas.invoke(FunctionName=name, Payload=json.dumps(event), LogType="Tail")
    logs = base64.b64decode(answer.get("LogResult", "")).decode()
    return json.loads(answer["Payload"].read()), answer.get("FunctionError"), logs


def test_a_function_sees_its_event_and_context_and_its_prints_are_logged(
    workflow: Callable[[str], Any], a_function: Callable[..., str]
) -> None:
    payload, error, logs = invoke(workflow("lambda"), a_function(ECHO), {"n": 1})
    assert error is None
    assert payload["event"] == {"n": 1}
    assert 0 < payload["left"] <= 5000
    assert "seen {'n': 1}" in logs


def test_a_raised_exception_is_answered_by_its_class_name(
    workflow: Callable[[str], Any], a_function: Callable[..., str]
) -> None:
    source = "class NoSuchRun(Exception): pass\ndef handler(event, context): raise NoSuchRun('gone')"
    payload, error, logs = invoke(workflow("lambda"), a_function(source), {})
    assert error == "Unhandled"
    assert (payload["errorType"], payload["errorMessage"]) == ("NoSuchRun", "gone")
    assert "NoSuchRun: gone" in logs


def test_a_function_that_takes_too_long_is_killed_and_the_next_call_works(
    workflow: Callable[[str], Any], a_function: Callable[..., str]
) -> None:
    name = a_function(
        "import time\ndef handler(event, context):\n    time.sleep(event)\n    return 'in time'", timeout=1
    )
    payload, error, _ = invoke(workflow("lambda"), name, 60)
    assert error == "Unhandled"
    assert payload["errorType"] == "Sandbox.Timedout"
    assert invoke(workflow("lambda"), name, 0)[0] == "in time"


def test_a_function_that_exits_is_an_error_and_the_next_call_works(
    workflow: Callable[[str], Any], a_function: Callable[..., str]
) -> None:
    name = a_function("import os\ndef handler(event, context):\n    return os._exit(3) if event else 'alive'")
    payload, _, _ = invoke(workflow("lambda"), name, event=True)
    assert payload["errorType"] == "Runtime.ExitError"
    assert invoke(workflow("lambda"), name, event=False)[0] == "alive"


def test_a_module_that_cannot_be_imported_is_an_error_that_names_the_reason(
    workflow: Callable[[str], Any], a_function: Callable[..., str]
) -> None:
    payload, error, _ = invoke(workflow("lambda"), a_function("import no_such_module"), {})
    assert error == "Unhandled"
    assert "no_such_module" in payload["errorMessage"]


def test_concurrent_calls_run_in_processes_of_their_own(
    workflow: Callable[[str], Any], a_function: Callable[..., str]
) -> None:
    name = a_function("import os, time\ndef handler(event, context):\n    time.sleep(0.5)\n    return os.getpid()")
    with ThreadPoolExecutor(4) as pool:
        pids = list(pool.map(lambda n: invoke(workflow("lambda"), name, n)[0], range(4)))
    assert len(set(map(str, pids))) == 4


def test_a_burst_of_calls_loads_the_function_once_and_runs_each_in_an_environment_of_its_own(
    workflow: Callable[[str], Any], a_function: Callable[..., str], tmp_path: Path
) -> None:
    loads = tmp_path / "loads"
    source = f"""
import os, time
with open({str(loads)!r}, "a") as file:
    print(os.getpid(), file=file)
def handler(event, context):
    time.sleep(0.5)
    return os.getpid()
"""
    name = a_function(source, timeout=30)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda n: invoke(workflow("lambda"), name, n), range(20)))
    assert [error for _, error, _ in answers] == [None] * 20
    assert len({str(payload) for payload, _, _ in answers}) > 1
    assert len(loads.read_text().splitlines()) == 1


def test_an_environment_that_is_killed_takes_no_other_with_it(
    workflow: Callable[[str], Any], a_function: Callable[..., str]
) -> None:
    source = (
        "import os, signal\ndef handler(event, context):\n    os.kill(os.getpid(), signal.SIGKILL) if event else None"
    )
    name = a_function(source)
    for event, told in ((False, None), (True, "Runtime.ExitError"), (False, None)):
        payload, _, _ = invoke(workflow("lambda"), name, event)
        assert (payload or {}).get("errorType") == told


def test_updated_code_answers_after_the_update(workflow: Callable[[str], Any], a_function: Callable[..., str]) -> None:
    name, lambdas = a_function("def handler(event, context): return 1"), workflow("lambda")
    assert invoke(lambdas, name, {})[0] == 1
    lambdas.update_function_code(FunctionName=name, ZipFile=zipped("def handler(event, context): return 2"))
    lambdas.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    assert invoke(lambdas, name, {})[0] == 2


def test_only_python_runs(workflow: Callable[[str], Any], a_function: Callable[..., str]) -> None:
    name = a_function("exports.handler = 1", runtime="nodejs22.x", wait=False)
    with pytest.raises(ClientError, match=r"state is currently|Failed|Pending"):
        workflow("lambda").invoke(FunctionName=name, Payload="{}")
    assert workflow("lambda").get_function(FunctionName=name)["Configuration"]["State"] != "Active"
