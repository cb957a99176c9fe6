"""The event that ends a Responses stream which did not end well."""

import msgspec

from foundation.domain.errors import LockstepError
from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.wires.errors import told
from llm_gateway.wires.openai_errors import document

_encoder = msgspec.json.Encoder()


def error_event(error: LockstepError | UpstreamFailed, request_id: str) -> bytes:  # noqa: ARG001  # its header told it
    """As the vendor words it, with the member `error` beside it, which its own client raises; no ending follows."""
    about = document(told(error))
    event = {"type": "error", "code": about["code"], "message": about["message"], "param": about["param"]}
    return b"event: error\ndata: " + _encoder.encode({**event, "sequence_number": 0, "error": about}) + b"\n\n"
