"""How OpenAI's servers, and those that are compatible with them, take a key and the vendor's service tier."""

from collections.abc import Mapping

import msgspec

from llm_gateway.exchange.request import ModelRequest
from llm_gateway.wires.base import Server

_encoder = msgspec.json.Encoder()
_DEFAULT_TIER = msgspec.Raw(b'"default"')


def bearer_credentials(key: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {key}"}


def governed_fields(request: ModelRequest, *, model: str, server: Server) -> dict[str, msgspec.Raw]:
    """The caller's fields with the provider's model, and with the tier that is priced where the vendor has others."""
    fields = dict(request.fields)
    fields["model"] = msgspec.Raw(_encoder.encode(model))
    if server.is_vendors_own:
        fields["service_tier"] = _DEFAULT_TIER
    return fields
