"""Finds the stored answer of a call that carries a key, and checks that the key is the call's own."""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from foundation.contracts.gateway.ledger import Dialect
from foundation.contracts.gateway.model_call import CALL_KEY_HEADER, CallKey, call_digest, canonical_digest
from foundation.domain.errors import BadRequest, Fault, Forbidden, IdempotencyConflict
from foundation.http.request_limits import IDEMPOTENCY_HEADER, MAX_IDEMPOTENCY_KEY
from llm_gateway.exchange.caller import Caller
from llm_gateway.replays.vault import AnswerVault
from llm_gateway.stages.call import CallIdentity, PlainAnswer

REMEMBERED_FOR = timedelta(hours=24)
"""How long an answer to a caller's own key is given again."""


class StoredAnswers:
    """Finds the call's key, and the answer that is stored under it."""

    def __init__(self, vault: AnswerVault) -> None:
        self._vault = vault

    def identify_call(
        self, caller: Caller, headers: Mapping[str, str], body: bytes, *, dialect: Dialect
    ) -> CallIdentity | None:
        """The call's verified key; None when it has none."""
        if (header := headers.get(CALL_KEY_HEADER)) is not None:
            return _identify_by_run_key(caller, header, body, dialect)
        if (own := headers.get(IDEMPOTENCY_HEADER)) is not None and caller.run is None:
            return _identify_by_own_key(caller, own, body, dialect)
        return None

    async def find(self, caller: Caller, identity: CallIdentity) -> PlainAnswer | None:
        """The stored answer, as it went out the first time; `IdempotencyConflict` when it is another request's."""
        replay = await self._vault.find(caller.tenant_id, identity.call_key)
        if replay is None:
            return None
        if replay.fingerprint != identity.fingerprint:
            raise IdempotencyConflict(
                "the Idempotency-Key was used for another request", remedy="use a new key for a new request"
            )
        answer = replay.answer
        return PlainAnswer(
            answer.status, answer.content_type, answer.body, (("x-lockstep-replayed", "true"), *answer.headers)
        )


def _identify_by_run_key(caller: Caller, header: str, body: bytes, dialect: Dialect) -> CallIdentity:
    """A body may mean something in several dialects: the keys of the newer ones carry their dialect's name.

    The digest may leave out how the answer travels: the call is then one whether it is streamed or not.
    """
    if caller.run is None:
        raise BadRequest(f"{CALL_KEY_HEADER} goes with a run token", remedy="send Idempotency-Key with an API key")
    try:
        key = CallKey.parse(header)
        document = _object(body)
        digests = (call_digest(document), canonical_digest(document))
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"x-lockstep-call-key: {error}") from error
    if (key.run_id, key.step_id) != (caller.run.run_id, caller.run.step_id):
        remedy = "make the key of the run and step that the token names"
        raise Forbidden("the call key names another run or step than the token", remedy=remedy)
    if key.digest not in digests:
        remedy = "make the key of the body that is sent"
        raise BadRequest("the call key's digest is not that of the request", remedy=remedy)
    name = header if dialect is Dialect.CHAT else f"{header}:{dialect.value}"
    return CallIdentity(name, bytes.fromhex(key.digest))


def _identify_by_own_key(caller: Caller, own: str, body: bytes, dialect: Dialect) -> CallIdentity:
    """A caller's own key counts for its user and API key; the request is the same when its dialect and bytes are."""
    if not own or len(own) > MAX_IDEMPOTENCY_KEY or not own.isprintable():
        fault = Fault(f"/headers/{IDEMPOTENCY_HEADER}", f"from 1 to {MAX_IDEMPOTENCY_KEY} printable characters")
        raise BadRequest(f"Idempotency-Key: {fault.detail}", faults=(fault,))
    whose = caller.api_key_id or caller.user_id
    fingerprint = hashlib.sha256(dialect.value.encode() + b"\n" + body).digest()
    return CallIdentity(f"own:{whose}:{own}", fingerprint, remembered_for=REMEMBERED_FOR)


def _object(body: bytes) -> dict[str, Any]:
    document = json.loads(body)
    if not isinstance(document, dict):
        raise ValueError("the body is not an object")  # noqa: TRY004
    return document
