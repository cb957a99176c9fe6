"""Puts items in the place of their names, so that what a request costs stands in it."""

import msgspec
from msgspec.structs import replace

from foundation.domain.errors import Fault
from llm_gateway.call import Caller
from llm_gateway.content.strict import refused
from llm_gateway.dialects.responses_request import read_responses_request
from llm_gateway.items.store import KEPT_SECONDS, KeptItems
from llm_gateway.request import ChatRequest

_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
_items = msgspec.json.Decoder(list[msgspec.Raw])
_encoder = msgspec.json.Encoder()


async def with_items(
    request: ChatRequest, body: bytes, *, caller: Caller, kept: KeptItems
) -> tuple[ChatRequest, bytes]:
    """The request with the items that it names, and its body; `BadRequest` with the place of those that nobody knows.

    Only items of the gateway's own answers to the same tenant are known: of others nobody can say what they cost.
    """
    references = request.references
    known = await kept.find(caller.tenant_id, [one.id for one in references])
    faults = [
        Fault(
            one.place,
            f"the item {one.id!r} is none of this gateway's answers to you of the last {KEPT_SECONDS // 3600} hours;"
            " send the item itself (of reasoning, with its encrypted_content), or leave it out",
        )
        for one in references
        if one.id not in known or not (one.stands_here or known[one.id].raw)
    ]
    if faults:
        raise refused(faults)
    fields = _fields.decode(body)
    items = _items.decode(fields["input"])
    for one in references:
        if not one.stands_here:
            items[one.index] = msgspec.Raw(known[one.id].raw)
    fields["input"] = msgspec.Raw(_encoder.encode(items))
    whole = _encoder.encode(fields)
    read = read_responses_request(whole)
    thought = sum(known[one.id].tokens for one in references)
    return replace(read, text_tokens=read.text_tokens + thought, references=()), whole
