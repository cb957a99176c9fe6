"""Answers as OpenAI's Responses put them on the wire."""

import json
from typing import Any

from simulated_provider.answers.request import Asked
from simulated_provider.answers.usage import Usage
from simulated_provider.wires.base import Reply, Stream
from simulated_provider.wires.openai.errors import error
from simulated_provider.wires.responses.items import whole_response
from simulated_provider.wires.responses.request import read_response
from simulated_provider.wires.responses.rules import check_responses
from simulated_provider.wires.responses.stream import ResponsesStream


class ResponsesWire:
    """`POST /v1/responses`; nothing is kept, so no response can be gone on from."""

    request_id_header = "x-request-id"
    id_prefix = "resp_"
    malformed = b'event: response.output_text.delta\ndata: {"type": "response.outp\n\n'

    def read(self, body: Any, headers: dict[str, str]) -> Asked:  # noqa: ARG002
        asked = read_response(body)
        check_responses(body)
        return asked

    def whole(self, reply: Reply, usage: Usage | None) -> bytes:
        return json.dumps(whole_response(reply, usage), ensure_ascii=False).encode()

    def stream(self, reply: Reply, usage: Usage | None) -> Stream:  # noqa: ARG002  # the last event alone tells it
        return ResponsesStream(reply)

    def error(self, message: str, *, status: int, param: str | None = None, code: str | None = None) -> bytes:
        return error(message, status=status, param=param, code=code)
