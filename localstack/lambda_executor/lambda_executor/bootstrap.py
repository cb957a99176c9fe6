"""The child process that runs one function: one line of JSON in, one line of JSON out.

Uses the standard library only, because it runs in the function's environment, not in LocalStack's.
"""

import importlib
import json
import os
import socket
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

Handler = Callable[[Any, "Context"], Any]


class Context:
    """What AWS passes as the second argument of a handler."""

    identity = None
    client_context = None

    def __init__(self, request_id: str, function_arn: str, deadline: float) -> None:
        self.aws_request_id = request_id
        self.invoked_function_arn = function_arn
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - time.time()) * 1000))


def load_handler() -> Handler:
    """`folder/file.function` names the function `function` of the module `folder.file`."""
    root = os.environ["LAMBDA_TASK_ROOT"]
    sys.path.insert(0, root)
    os.chdir(root)
    module, _, name = os.environ["_HANDLER"].rpartition(".")
    handler: Handler = getattr(importlib.import_module(module.replace("/", ".")), name)
    return handler


def error_payload(error: BaseException, request_id: str | None = None) -> str:
    payload: dict[str, Any] = {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": traceback.format_exception(error),
    }
    if request_id is not None:
        payload["requestId"] = request_id
    return json.dumps(payload)


def answer(handler: Handler, request: dict[str, Any]) -> dict[str, str]:
    if request.get("trace_id"):
        os.environ["_X_AMZN_TRACE_ID"] = request["trace_id"]
    context = Context(request["request_id"], request["function_arn"], request["deadline"])
    try:
        result = json.dumps(handler(json.loads(request["payload"]), context))
    except Exception as error:  # noqa: BLE001 - the edge of a function: whatever it raises becomes its answer
        traceback.print_exc()
        return {"status": "error", "payload": error_payload(error, request["request_id"])}
    return {"status": "ok", "payload": result}


def main() -> None:
    channel = socket.socket(fileno=int(os.environ.pop("LOCKSTEP_LAMBDA_CHANNEL"))).makefile("rw", encoding="utf-8")

    def send(message: dict[str, str]) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    try:
        handler = load_handler()
    except BaseException as error:  # noqa: BLE001 - an import may raise anything, SystemExit too: it is reported
        send({"status": "init_error", "payload": error_payload(error)})
        return
    send({"status": "ready"})
    for line in channel:
        send(answer(handler, json.loads(line)))


if __name__ == "__main__":
    main()
