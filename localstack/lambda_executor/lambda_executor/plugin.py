"""The name under which LocalStack finds the executor (`LAMBDA_RUNTIME_EXECUTOR=subprocess`)."""

from typing import Any

from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor


class SubprocessExecutorPlugin(RuntimeExecutorPlugin):
    """The entry point that LocalStack loads by its `name`."""

    name = "subprocess"

    def load(self, *_args: Any, **_options: Any) -> type[RuntimeExecutor]:
        # Imported late: LocalStack lists its plugins long before it needs a Lambda.
        from lambda_executor.executor import SubprocessExecutor  # noqa: PLC0415

        return SubprocessExecutor
