"""Routes what is asked under `/v1` to calls and models, and refuses the rest as the caller's vendor would."""

from collections.abc import Mapping
from uuid import UUID

from foundation.contracts.gateway.ledger import Dialect
from foundation.domain.errors import LockstepError
from foundation.domain.ids import new_uuid
from foundation.telemetry import metrics
from foundation.telemetry.logs import logger
from llm_gateway.endpoints.calls import CallEndpoint
from llm_gateway.endpoints.models import PATH as MODELS
from llm_gateway.endpoints.models import Models
from llm_gateway.endpoints.sending import Receive, Scope, Send, headers_of, log_refusal, send_error
from llm_gateway.exchange.protocol_errors import MethodNotAllowed, UnknownPath, UpgradeRefused
from llm_gateway.wires.errors import Unexpected
from llm_gateway.wires.registry import WIRES

_log = logger(__name__)


def is_vendors(path: str) -> bool:
    return path == "/v1" or path.startswith("/v1/")


class Front:
    """The gateway's entry for callers: POST goes to calls, GET and HEAD of models to `Models`, all else is refused."""

    def __init__(self, calls: Mapping[str, CallEndpoint], models: Models) -> None:
        self._calls = calls
        self._models = models

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "POST" and (endpoint := self._calls.get(scope["path"])) is not None:
            await endpoint.handle(scope, receive, send)
            return
        status = await self._answer(scope, send)
        metrics.HTTP_REQUESTS.labels("llm_gateway", scope["method"], str(status)).inc()

    async def _answer(self, scope: Scope, send: Send) -> int:
        dialect, request_id = dialect_of(scope), new_uuid()
        about = {"request_id": str(request_id), "path": scope["path"]}
        try:
            self._check(scope)
            status = await self._models.answer(scope, send, dialect=dialect, request_id=request_id)
        except LockstepError as error:
            log_refusal(error, about)
            return await self._refuse(scope, send, error, dialect, request_id)
        except Exception:  # noqa: BLE001  # the process's edge: log once, tell the caller nothing internal
            _log.exception("a call failed unexpectedly", extra=about)
            return await self._refuse(scope, send, Unexpected(), dialect, request_id)
        _log.info("answered", extra=about)
        return status

    def _check(self, scope: Scope) -> None:
        """Raises the error of a request that is not a GET of models."""
        path, method = scope["path"], scope["method"]
        is_models = path == MODELS or (path.startswith(f"{MODELS}/") and path != f"{MODELS}/")
        if not is_models and path not in self._calls:
            raise UnknownPath(f"{path} is not served here; {self._instead(path)}")
        if not is_models and headers_of(scope).get("upgrade", "").lower() == "websocket":
            raise UpgradeRefused(f"{path} speaks no WebSocket; send POST over HTTP, with stream: true for a stream")
        allowed = ("GET", "HEAD") if is_models else ("POST",)
        if method not in allowed:
            raise MethodNotAllowed(method, path, allowed=allowed)

    def _instead(self, path: str) -> str:
        """The served path that is meant, where one ends alike; else all of them."""
        meant = path.rstrip("/")
        served = [*self._calls, MODELS]
        for one in sorted(served, key=len, reverse=True):
            if meant.endswith(one.removeprefix("/v1")):
                return f"did you mean {one}?"
        return f"served are POST {', '.join(self._calls)} and GET {MODELS}, {MODELS}/{{id}}"

    async def _refuse(self, scope: Scope, send: Send, error: LockstepError, dialect: Dialect, request_id: UUID) -> int:
        bodiless = scope["method"] == "HEAD"
        return await send_error(send, error, dialect=dialect, request_id=request_id, bodiless=bodiless)


def dialect_of(scope: Scope) -> Dialect:
    """The dialect of a vendor's client, known by its header or its path; others get chat completions'."""
    path, headers = f"{scope['path']}/", headers_of(scope)
    for wire in WIRES.values():
        if wire.client_header and (wire.client_header in headers or path.startswith(f"{wire.path}/")):
            return wire.dialect
    return Dialect.CHAT
