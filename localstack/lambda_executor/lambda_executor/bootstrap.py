"""The template of one function: it loads the function once and forks an execution environment for each order.

An execution environment reads requests and writes answers as lines of JSON. It uses the standard library only,
because it runs in the function's environment, not in LocalStack's.
"""

import gc
import importlib
import json
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

Handler = Callable[[Any, "Context"], Any]
_LARGEST_ORDER = 1 << 17


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
    except Exception as error:  # noqa: BLE001 - any error of the function becomes its answer
        traceback.print_exc()
        return {"status": "error", "payload": error_payload(error, request["request_id"])}
    return {"status": "ok", "payload": result}


def serve(handler: Handler, channel: socket.socket) -> None:
    """Answer one request after the other until the channel is closed."""
    with channel, channel.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            reply = answer(handler, json.loads(line))
            sys.stdout.flush()
            sys.stderr.flush()
            lines.write(json.dumps(reply) + "\n")
            lines.flush()


def become_environment(order: dict[str, Any]) -> None:
    """Give a new fork a session, a log and variables of its own."""
    os.setsid()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    os.environ.update(order["environment"])
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def fork_on_order(handler: Handler, orders: socket.socket) -> None:
    """Fork an execution environment for each order, which comes with its channel; end with the last order."""
    # The kernel reaps the children, because their end is noticed by their channel, not by their exit status.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # All forks share the memory of what was imported, as long as the garbage collector does not write to it.
    gc.freeze()
    while True:
        message, descriptors, _, _ = socket.recv_fds(orders, _LARGEST_ORDER, 1)
        if not message:
            return
        channel = socket.socket(fileno=descriptors[0])
        pid = os.fork()
        if pid == 0:
            orders.close()
            become_environment(json.loads(message))
            serve(handler, channel)
            os._exit(0)
        channel.close()
        orders.send(json.dumps({"pid": pid}).encode())


def main() -> None:
    """Load the function, report whether that succeeded, and then fork an environment for each order."""
    orders = socket.socket(fileno=int(os.environ.pop("LOCKSTEP_LAMBDA_ORDERS")))
    try:
        handler = load_handler()
    except BaseException as error:  # noqa: BLE001 - an import may raise anything, even SystemExit; it is reported
        orders.send(json.dumps({"status": "init_error", "payload": error_payload(error)}).encode())
        return
    orders.send(json.dumps({"status": "ready"}).encode())
    fork_on_order(handler, orders)


if __name__ == "__main__":
    main()
