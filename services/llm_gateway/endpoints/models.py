"""`GET /v1/models` and `/v1/models/{id}`: the aliases, in the caller's dialect, for those who have a key."""

from urllib.parse import unquote
from uuid import UUID

import msgspec

from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.endpoints.sending import Scope, Send, headers_of, request_id_headers, send_whole
from llm_gateway.pipeline import AllowedProviders
from llm_gateway.routing.routes import LISTED, ModelNotFound
from llm_gateway.routing.serving import Serving
from llm_gateway.stages.authenticator import Authenticator, read_credential
from llm_gateway.wires.registry import WIRES

PATH = "/v1/models"
_encoder = msgspec.json.Encoder()


class Models:
    """Lists the models that a caller may name, or shows one of them: those whose providers its tenant may use."""

    def __init__(self, authenticator: Authenticator, serving: Serving, allowed: AllowedProviders) -> None:
        self._authenticator = authenticator
        self._serving = serving
        self._allowed = allowed

    async def answer(self, scope: Scope, send: Send, *, dialect: Dialect, request_id: UUID) -> int:
        """The status; `Unauthenticated`, or `ModelNotFound` with the name."""
        caller = await self._authenticator.identify(read_credential(headers_of(scope)))
        rules = await self._allowed(caller.tenant_id)
        routes, wire = self._serving.routes, WIRES[dialect]
        name = unquote(scope["path"].removeprefix(PATH).removeprefix("/"))
        if not name:
            document = wire.list_models(routes.names(rules))
        elif routes.has(name, rules):
            document = wire.show_model(name)
        else:
            raise ModelNotFound(f"there is no model {name!r}", remedy=LISTED)
        bodiless = scope["method"] == "HEAD"
        await send_whole(
            send, 200, _encoder.encode(document), request_id_headers(request_id, dialect), bodiless=bodiless
        )
        return 200
