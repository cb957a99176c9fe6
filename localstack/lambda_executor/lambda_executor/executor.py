"""One Lambda execution environment as one process, forked from its function's template."""

import json
import logging
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from localstack.services.lambda_.invocation.executor_endpoint import StatusErrorException
from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

from lambda_executor.channel import Channel, ChannelClosed, ChannelTimeout
from lambda_executor.templates import Code, LoadFailed, Templates

LOG = logging.getLogger(__name__)
_TEMPLATES = Templates()
_INHERITED = ("PATH", "HOME", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR")


class SubprocessExecutor(RuntimeExecutor):
    """Runs Python functions with the interpreter named by `LAMBDA_PYTHON`.

    There is no isolation and no memory limit: a function runs as LocalStack's user. Only trusted code may be run.
    """

    def __init__(self, id: str, function_version: FunctionVersion) -> None:  # noqa: A002 - the interface's name
        super().__init__(id=id, function_version=function_version)
        self._environment: dict[str, str] = {}
        self._channel: Channel | None = None
        self._log = Path(tempfile.gettempdir()) / "lambda-logs" / f"{id}.log"

    def start(self, env_vars: dict[str, Any]) -> None:
        code = self.function_version.config.code.get_unzipped_code_location()
        layers = [layer.code.get_unzipped_code_location() for layer in self.function_version.config.layers]
        self._environment = {
            **{name: os.environ[name] for name in _INHERITED if name in os.environ},
            **{name: str(value) for name, value in env_vars.items()},
            "_HANDLER": self.function_version.config.handler,
            "LAMBDA_TASK_ROOT": str(code),
            "PYTHONPATH": os.pathsep.join(f"{layer}/python" for layer in layers),
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{self.function_version.config.runtime}",
        }
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._log.touch(mode=0o600)
        self._spawn()

    def _spawn(self) -> Channel:
        code = Code(
            interpreter=os.environ["LAMBDA_PYTHON"],
            folder=self._environment["LAMBDA_TASK_ROOT"],
            search_path=self._environment["PYTHONPATH"],
            handler=self._environment["_HANDLER"],
        )
        try:
            channel = _TEMPLATES.environment(code, self._environment, self._log)
        except LoadFailed as error:
            raise StatusErrorException("The function failed to load", payload=error.payload.encode()) from error
        except (ChannelClosed, OSError) as error:
            payload = _error("Runtime.ExitError", f"The function did not start: {error}")
            raise StatusErrorException("The function did not start", payload=payload.encode()) from error
        self._channel = channel
        return channel

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        request_id = payload["invoke-id"]
        timeout = float(self.function_version.config.timeout)
        channel = self._channel if self._channel and self._channel.alive() else self._spawn()
        offset = self._log.stat().st_size
        started = time.monotonic()
        request = {
            "request_id": request_id,
            "function_arn": payload["invoked-function-arn"],
            "trace_id": payload.get("trace-id", ""),
            "payload": payload["payload"],
            "deadline": time.time() + timeout,
        }
        answer = self._exchange(channel, request, timeout)
        logs = self._logs_since(offset, request_id, time.monotonic() - started)
        return InvocationResult(
            request_id=request_id, payload=answer["payload"].encode(), is_error=answer["status"] != "ok", logs=logs
        )

    def _exchange(self, channel: Channel, request: dict[str, Any], timeout: float) -> dict[str, str]:
        request_id = request["request_id"]
        try:
            channel.send(request)
            return channel.receive(timeout)
        except ChannelTimeout:
            channel.kill()
            message = f"RequestId: {request_id} Error: Task timed out after {timeout:.2f} seconds"
            return {"status": "error", "payload": _error("Sandbox.Timedout", message)}
        except ChannelClosed as error:
            channel.kill()
            message = f"RequestId: {request_id} Error: Runtime exited: {error}"
            return {"status": "error", "payload": _error("Runtime.ExitError", message)}

    def _logs_since(self, offset: int, request_id: str, seconds: float) -> str:
        """The log of one request. The child flushes before it answers, so the file is complete by now."""
        with self._log.open("rb") as file:
            file.seek(offset)
            written = file.read().decode(errors="replace")
        version = self.function_version.id.qualifier
        return (
            f"START RequestId: {request_id} Version: {version}\n{written.rstrip()}\nEND RequestId: {request_id}\n"
            f"REPORT RequestId: {request_id}\tDuration: {seconds * 1000:.2f} ms\n"
        )

    def stop(self) -> None:
        if self._channel:
            self._channel.close()
        self._log.unlink(missing_ok=True)

    def get_address(self) -> str:
        return "127.0.0.1"

    def get_endpoint_from_executor(self) -> str:
        return "127.0.0.1"

    def get_runtime_endpoint(self) -> str:
        return "http://127.0.0.1/unused"

    def get_logs(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        config = function_version.config
        if not str(config.runtime).startswith("python"):
            raise RuntimeError(f"only Python functions run here, {config.runtime} does not")
        config.code.prepare_for_execution()
        for layer in config.layers:
            layer.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        """End the template and keep the code, because the next version of the function uses the same folder."""
        _TEMPLATES.forget(str(function_version.config.code.get_unzipped_code_location()))

    @classmethod
    def validate_environment(cls) -> bool:
        python = os.environ.get("LAMBDA_PYTHON", "")
        if not os.access(python, os.X_OK):
            LOG.error("LAMBDA_PYTHON names no interpreter: %r", python)
            return False
        return True


def _error(kind: str, message: str) -> str:
    return json.dumps({"errorType": kind, "errorMessage": message})
