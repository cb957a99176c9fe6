"""The parts that a Lambda execution environment builds once: logger, database, and an event loop for all its calls."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from opentelemetry.trace import SpanKind
from pydantic import BaseModel

from foundation.storage.session.database import Database, DatabaseSettings, with_retries
from foundation.storage.spans.writing import SpanKeeper
from foundation.telemetry import traces
from foundation.telemetry.logs import bind
from foundation.telemetry.spans.buffer import KEPT
from foundation.telemetry.spans.record import SpanAttribute
from lambdas.settings import LambdaSettings

Event = TypeVar("Event", bound=BaseModel)
UseCase = Callable[[Database, Event], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Container:
    """Built at the first call of an execution environment and kept for all later ones."""

    name: str
    logger: Logger
    database: Database
    runner: asyncio.Runner
    spans: SpanKeeper

    @classmethod
    def build(cls, name: str) -> "Container":
        settings = LambdaSettings()
        traces.configure(name, into=KEPT)
        logger = Logger(service=name, level=settings.log_level)
        # One connection: an execution environment has one call at a time. Its loop is kept for all calls, because
        # connections belong to the loop in which they were opened.
        database = Database(DatabaseSettings(pool_size=1), application=name)
        return cls(name, logger, database, asyncio.Runner(), SpanKeeper.of_process(database))


class Function:
    """A Lambda handler around one use case: parses the event, runs the use case in the caller's trace."""

    def __init__(self, name: str, model: type[Event], use_case: UseCase[Event]) -> None:
        self._name = name
        self._model: type[BaseModel] = model
        self._use_case: UseCase[Any] = use_case
        self._container: Container | None = None

    def __call__(self, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        container = self._container = self._container or Container.build(self._name)
        container.logger.set_correlation_id(context.aws_request_id)
        parsed = self._model.model_validate(event)
        traceparent = getattr(parsed, "traceparent", None)
        ids = {name: str(getattr(parsed, name)) for name in ("tenant_id", "run_id") if hasattr(parsed, name)}
        container.logger.append_keys(**ids, trace_id=traces.trace_id_of(traceparent))
        began = time.perf_counter()
        about = {SpanAttribute.FUNCTION: self._name}
        try:
            with bind(**ids), traces.span(self._name, traceparent=traceparent, kind=SpanKind.SERVER, attributes=about):
                answer = container.runner.run(with_retries(lambda: self._use_case(container.database, parsed)))
        finally:
            # Between two calls the environment stands still, so that nothing can be sent beside its work.
            container.runner.run(container.spans.flush())
        # The items may be hundreds of ids, which the execution's own history has as well.
        took = round((time.perf_counter() - began) * 1000)
        container.logger.info(
            "answered", extra={"duration_ms": took, "answer": {k: v for k, v in answer.items() if k != "items"}}
        )
        return answer
