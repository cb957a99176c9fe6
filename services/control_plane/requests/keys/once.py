"""Has a route that makes something make it once for each `Idempotency-Key`, and answer a repeat as it did first.

The key is claimed, and the answer kept, in the transaction in which the thing is made: there is no moment at which one
of them is there without the other. A call that fails takes its key along, so that it may be sent again corrected.
"""

import hashlib
import inspect
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel

from control_plane.identity.callers import ApiCaller, Operator
from control_plane.requests.answers.readable import shown_again
from control_plane.requests.keys.header import IdempotencyKey
from foundation.contracts.accepted.accepted_json import NotAccepted, parse_json
from foundation.domain.errors import Conflict
from foundation.http.openapi import Responses
from foundation.storage import keyed_calls
from foundation.storage.execution import runs
from foundation.storage.keyed_calls import AnsweredCall, KeyHolder
from foundation.storage.session.database import Transaction

P = ParamSpec("P")
T = TypeVar("T")

Claim = Callable[[Transaction], Awaitable[None]]
"""What a service calls first in the transaction that makes the thing."""
Keep = Callable[[Transaction, T], Awaitable[None]]
"""What it calls last in it, with what it made."""

_KEPT_HEADERS = ("location", "etag")
_CREATED, _REPEATED = 201, 200
_KEY, _REQUEST, _RESPONSE, _ONCE = "idempotency_key", "request", "response", "keyed"


class AlreadyMade(Conflict):
    """The key has made something whose secret was in the first answer, and is nowhere now."""

    code = "already_made"
    usual_remedy = "read it at `made`; if its secret has not reached you, rotate that, or remove it and make another"

    def __init__(self, made: str | None) -> None:
        super().__init__("this Idempotency-Key has made it already, and its secret was shown once")
        self.made = made

    def data(self) -> Mapping[str, object]:
        return {**super().data(), "made": self.made}


def repeated(view: type[BaseModel]) -> Responses:
    """The documented answer to a repeat of what was answered 201."""
    return {_REPEATED: {"model": view, "description": "repeated"}}


class _Repeated(Exception):
    """Ends the call, and its transaction, which has written nothing."""

    def __init__(self, first: AnsweredCall) -> None:
        super().__init__()
        self.first = first


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A call and its key, if it has one; without one nothing is claimed and nothing kept."""

    key: str | None
    digest: bytes
    caller: ApiCaller | Operator
    secret: bool
    """Whether the answer holds one, so that it is not kept."""

    @property
    def holder(self) -> KeyHolder:
        if isinstance(self.caller, Operator):
            return KeyHolder.of_operator(self.caller.actor)
        return KeyHolder.of_tenant(self.caller.tenant_id)

    async def claim(self, tx: Transaction) -> None:
        """To be called first in the transaction that makes the thing; a repeat ends there, and is answered as then."""
        first = await self.first(tx)
        if first is not None:
            raise _Repeated(first)

    async def first(self, tx: Transaction) -> AnsweredCall | None:
        """The same for a route that answers a repeat by itself: the call that had the key first, or None."""
        if self.key is None:
            return None
        first = await keyed_calls.claim(tx, self.holder, self.key, self.digest)
        if first is not None and first.request_digest != self.digest:
            raise keyed_calls.reused()
        if first is None and isinstance(self.caller, ApiCaller) and await self._has_started_a_run(tx, self.caller):
            raise keyed_calls.reused()
        return first

    async def _has_started_a_run(self, tx: Transaction, caller: ApiCaller) -> bool:
        return await runs.by_idempotency_key(tx, caller.tenant_id, str(self.key)) is not None

    async def keep(self, tx: Transaction, made: BaseModel, *, status: int, headers: Mapping[str, str]) -> None:
        """To be called last in it, with what the call is answered."""
        if self.key is None:
            return
        kept = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
        answer = None if self.secret else made.model_dump(mode="json", by_alias=True)
        await keyed_calls.keep(tx, self.holder, self.key, status=status, headers=kept, answer=answer)


def once(*, secret: bool = False) -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Awaitable[T | Response]]]:
    """Marks a route as one that heeds the key; `secret` that its answer shows one that is shown once.

    The route has `caller` and the transaction `tx`. One that has to ask somebody before its transaction begins takes
    `keyed: KeyedRequest` instead of `tx`, and claims and keeps by itself.
    """

    def mark(route: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T | Response]]:
        signature = inspect.signature(route)
        own, view = signature.parameters, signature.return_annotation

        @wraps(route)
        async def called(*args: P.args, **sent: P.kwargs) -> T | Response:
            members: dict[str, Any] = dict(sent)
            key, request = members.pop(_KEY), members[_REQUEST]
            response: Response = members[_RESPONSE]
            keyed = KeyedRequest(key, await _digest(request), members["caller"], secret)
            members.update({_ONCE: keyed} if _ONCE in own else {})
            for name in (_REQUEST, _RESPONSE):
                if name not in own:
                    members.pop(name)
            try:
                if _ONCE in own:
                    return await route(*args, **members)
                await keyed.claim(members["tx"])
                made = await route(*args, **members)
            except _Repeated as repeat:
                return _answer(repeat.first, view, keyed.caller)
            await keyed.keep(members["tx"], _model(made), status=_status(request, response), headers=response.headers)
            return made

        called.__signature__ = _signature(route)  # type: ignore[attr-defined]  # what FastAPI reads
        return called

    return mark


def _signature(route: Callable[..., Any]) -> inspect.Signature:
    """The route's own, with the key, and without what is handed to it here."""
    signature = inspect.signature(route)
    kinds = {_REQUEST: Request, _RESPONSE: Response}
    parameters = [
        one.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for one in (*signature.parameters.values(), *(_parameter(name, kind) for name, kind in kinds.items()))
        if one.name != _ONCE
    ]
    unique = {one.name: one for one in reversed(parameters)}
    return signature.replace(parameters=[*unique.values(), _parameter(_KEY, IdempotencyKey, default=None)])


def _parameter(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


async def _digest(request: Request) -> bytes:
    """SHA-256 of what is asked for: a body that says the same in other spaces or another order is the same."""
    route: APIRoute = request.scope["route"]
    body = await request.body()
    try:
        said = json.dumps(parse_json(body), sort_keys=True).encode()
    except NotAccepted:
        said = body
    asked = f"{route.operation_id} {request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(asked + said).digest()


def _status(request: Request, response: Response) -> int:
    route: APIRoute = request.scope["route"]
    return response.status_code or route.status_code or _REPEATED


def _model(made: object) -> BaseModel:
    if not isinstance(made, BaseModel):
        raise TypeError("a route that heeds keys answers with a model")
    return made


def _answer(first: AnsweredCall, view: object, caller: ApiCaller | Operator) -> Response:
    if first.answer is None:
        raise AlreadyMade(first.headers.get("location"))
    status = _REPEATED if first.status == _CREATED else first.status
    shown = shown_again(view, caller, first.answer)
    return JSONResponse(shown, status_code=status, headers=dict(first.headers))
