"""Writes answers in the form of OpenAI's Responses."""

import json
from typing import Any

from simulated_provider.answers.request import ModelRequest
from simulated_provider.answers.usage import Usage
from simulated_provider.wires.base import Reply, Stream
from simulated_provider.wires.openai.errors import error
from simulated_provider.wires.responses.items import whole_response
from simulated_provider.wires.responses.request import read_response
from simulated_provider.wires.responses.rules import check_responses
from simulated_provider.wires.responses.stream import ResponsesStream


class ResponsesWire:
    """`POST /v1/responses`; no response is stored, so none can be continued."""

    request_id_header = "x-request-id"
    id_prefix = "resp_"
    malformed = b'event: response.output_text.delta\ndata: {"type": "response.outp\n\n'

    def read(self, body: Any, headers: dict[str, str]) -> ModelRequest:  # noqa: ARG002
        request = read_response(body)
        check_responses(body)
        return request

    def whole(self, reply: Reply, usage: Usage | None) -> bytes:
        return json.dumps(whole_response(reply, usage), ensure_ascii=False).encode()

    def stream(self, reply: Reply, usage: Usage | None) -> Stream:  # noqa: ARG002  # only the last event has it
        return ResponsesStream(reply)

    def error(self, message: str, *, status: int, param: str | None = None, code: str | None = None) -> bytes:
        return error(message, status=status, param=param, code=code)
