"""The event that ends a Responses stream which did not end well."""

import msgspec

from foundation.domain.errors import LockstepError
from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.wires.errors import describe_error
from llm_gateway.wires.openai.errors import error_document

_encoder = msgspec.json.Encoder()


def write_error_event(error: LockstepError | UpstreamFailed, request_id: str) -> bytes:  # noqa: ARG001  # in a header
    """The vendor's own event, with the member `error` beside it, on which its own client raises; no ending follows."""
    document = error_document(describe_error(error))
    event = {"type": "error", "code": document["code"], "message": document["message"], "param": document["param"]}
    return b"event: error\ndata: " + _encoder.encode({**event, "sequence_number": 0, "error": document}) + b"\n\n"
