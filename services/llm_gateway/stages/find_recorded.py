"""Calls with a key: the key must be the call's own, and an answer that is stored is given again."""

import json
from typing import Any

from foundation.contracts.model_call import CallKey, canonical_digest
from foundation.domain.errors import BadRequest, Forbidden
from llm_gateway.call import Caller, PlainAnswer, Replayable
from llm_gateway.dialects.base import Dialect
from llm_gateway.replay import AnswerVault


class FindRecorded:
    def __init__(self, vault: AnswerVault) -> None:
        self._vault = vault

    def key_of(self, caller: Caller, header: str | None, body: bytes, *, dialect: Dialect) -> Replayable | None:
        """The call's verified key; None when it has none.

        A body may mean something in both dialects: those of the newer one carry its name, so that no caller is given
        the other's answer.
        """
        if header is None:
            return None
        if caller.run is None:
            raise BadRequest("x-lockstep-call-key goes with a run token")
        try:
            key = CallKey.parse(header)
            digest = canonical_digest(_object(body))
        except (ValueError, RecursionError) as error:
            raise BadRequest(f"x-lockstep-call-key: {error}") from error
        if (key.run_id, key.step_id) != (caller.run.run_id, caller.run.step_id):
            raise Forbidden("the call key names another run or step than the token")
        if key.digest != digest:
            raise BadRequest("the call key's digest is not that of the request")
        name = header if dialect is Dialect.OPENAI else f"{header}:{dialect.value}"
        return Replayable(name, bytes.fromhex(digest))

    async def answer_to(self, caller: Caller, replayable: Replayable) -> PlainAnswer | None:
        """The stored answer, as it went out the first time."""
        found = await self._vault.find(caller.tenant_id, replayable.call_key)
        if found is None:
            return None
        return PlainAnswer(found.status, found.content_type, found.body, (("x-lockstep-replayed", "true"),))


def _object(body: bytes) -> dict[str, Any]:
    document = json.loads(body)
    if not isinstance(document, dict):
        raise ValueError("the body is not an object")  # noqa: TRY004
    return document
