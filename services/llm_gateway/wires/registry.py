"""The wires that the gateway has. A new one is a folder beside this file, and a line here."""

from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.wires.base import Wire
from llm_gateway.wires.chat.wire import WIRE as CHAT
from llm_gateway.wires.embeddings.wire import WIRE as EMBEDDINGS
from llm_gateway.wires.messages.wire import WIRE as MESSAGES
from llm_gateway.wires.responses.wire import WIRE as RESPONSES

WIRES: dict[Dialect, Wire] = {wire.dialect: wire for wire in (CHAT, MESSAGES, RESPONSES, EMBEDDINGS)}
