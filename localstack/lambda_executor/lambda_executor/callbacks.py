"""Repairs: an answer to a task token is kept if it comes early, and an abort ends the wait for a token."""

from typing import Any

from localstack.runtime import hooks


@hooks.on_infra_start()
def keep_early_callbacks() -> None:
    """An answer that comes before the state waits must also end a wait with a heartbeat."""
    from localstack.services.stepfunctions.asl.eval.callback.callback import CallbackEndpoint  # noqa: PLC0415

    original = CallbackEndpoint.setup_heartbeat_endpoint

    def setup_heartbeat_endpoint(self: Any, heartbeat_seconds: int) -> Any:
        endpoint = original(self, heartbeat_seconds)
        if self._outcome is not None:
            endpoint.notify()
        return endpoint

    CallbackEndpoint.setup_heartbeat_endpoint = setup_heartbeat_endpoint


@hooks.on_infra_start()
def abort_waiting_executions() -> None:
    """StopExecution must end the wait for tokens, and the execution must be aborted, not failed."""
    from localstack.services.stepfunctions.asl.eval.environment import Environment  # noqa: PLC0415
    from localstack.services.stepfunctions.asl.eval.program_state import ProgramStopped  # noqa: PLC0415

    original_stop, original_error = Environment.set_stop, Environment.set_error

    def set_stop(self: Any, *args: Any, **options: Any) -> None:
        was_running = self.is_running()
        original_stop(self, *args, **options)
        if was_running and not self.is_frame():
            for endpoint in list(self.callback_pool_manager._pool.values()):  # noqa: SLF001 - there is no public way
                endpoint.interrupt_all()

    def set_error(self: Any, *args: Any, **options: Any) -> None:
        if not isinstance(self._program_state, ProgramStopped):
            original_error(self, *args, **options)

    Environment.set_stop = set_stop
    Environment.set_error = set_error
