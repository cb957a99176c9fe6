"""Puts items in the place of references to them, so that a request's bound can be made of its bytes."""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from foundation.domain.errors import DependencyUnavailable, Fault
from llm_gateway.exchange.caller import Caller
from llm_gateway.exchange.request import ModelRequest, Reference
from llm_gateway.items.answered import Item
from llm_gateway.items.store import KEPT_SECONDS, KeptItems
from llm_gateway.wires.allow_lists import refused
from llm_gateway.wires.responses.request import read_responses_request

_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
_items = msgspec.json.Decoder(list[msgspec.Raw])
_encoder = msgspec.json.Encoder()


async def with_items(
    request: ModelRequest, body: bytes, *, caller: Caller, kept: KeptItems
) -> tuple[ModelRequest, bytes]:
    """The request with the items that it names, and its body; `BadRequest` with the place of those that nobody knows.

    Only items of the gateway's own answers to the same tenant are known: of others nobody can say what they cost. An
    item that is whole loses a name that is not known, and is sent as it was answered where it is.
    """
    references = request.references
    known = await _known(references, caller=caller, kept=kept)
    faults = [
        Fault(
            one.place,
            f"the item {one.id!r} is none of this gateway's answers to you of the last {KEPT_SECONDS // 3600} hours;"
            " send the item itself (of reasoning, with its encrypted_content), or leave it out",
        )
        for one in references
        if not one.is_whole and (one.id not in known or not (one.stands_here or known[one.id].raw))
    ]
    if faults:
        raise refused(faults)
    fields = _fields.decode(body)
    items = _items.decode(fields["input"])
    for one in references:
        if one.stands_here and not one.is_whole:
            continue
        if one.id in known and known[one.id].raw:
            items[one.index] = msgspec.Raw(known[one.id].raw)
        else:
            items[one.index] = _without_name(items[one.index])
    fields["input"] = msgspec.Raw(_encoder.encode(items))
    whole = _encoder.encode(fields)
    read = read_responses_request(whole)
    thought = sum(known[one.id].tokens for one in references if not one.is_whole)
    return replace(read, text_tokens=read.text_tokens + thought, references=()), whole


async def _known(references: Sequence[Reference], *, caller: Caller, kept: KeptItems) -> dict[str, Item]:
    """What is kept of these; those that are whole can do without it while Redis is away."""
    try:
        return await kept.find(caller.tenant_id, [one.id for one in references])
    except DependencyUnavailable:
        if all(one.is_whole for one in references):
            return {}
        raise


def _without_name(item: msgspec.Raw) -> msgspec.Raw:
    """What stands here is sent as it is here: behind a name, the provider may have something else."""
    members = _fields.decode(item)
    del members["id"]
    return msgspec.Raw(_encoder.encode(members))
