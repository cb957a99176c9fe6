"""OpenAI's client at Responses."""

from typing import Any

from scenarios.either import each, listed, opened, settled
from scenarios.openai_client import client
from scenarios.subjects import PROMPT, TEMPERATURE, Penguin, parameters

__all__ = ["client"]

USER = {"role": "user", "content": PROMPT}
TOOLS = [
    {"type": "function", "name": name, "description": name, "parameters": parameters(), "strict": True}
    for name in ("weather", "tide")
]


async def plain(client: Any, *, model: str) -> Any:
    answer = await settled(client.responses.create(model=model, input=PROMPT, instructions="Be brief."))
    return _facts(answer)


async def stream(client: Any, *, model: str) -> Any:
    """Event by event, and what the client makes of them."""
    events = await listed(await settled(client.responses.create(model=model, input=PROMPT, stream=True)))
    return {
        **_facts(events[-1].response),
        "deltas": "".join(event.delta for event in events if event.type == "response.output_text.delta"),
        "ends": [events[0].type, events[-1].type],
        "in_order": [event.sequence_number for event in events] == list(range(len(events))),
    }


async def accumulated(client: Any, *, model: str) -> Any:
    async with opened(client.responses.stream(model=model, input=PROMPT)) as stream:
        text = "".join([event.delta async for event in each(stream) if event.type == "response.output_text.delta"])
        answer = await settled(stream.get_final_response())
    return {**_facts(answer), "deltas": text}


async def tools(client: Any, *, model: str, streamed: bool) -> Any:
    """Two tools are called at once, their results are sent, and the model goes on."""
    items: list[Any] = [USER]
    first = await _said(client, model, items, streamed=streamed)
    calls = [item for item in first.output if item.type == "function_call"]
    items += [item.model_dump(exclude_none=True, exclude={"parsed_arguments"}) for item in first.output]
    items += [{"type": "function_call_output", "call_id": call.call_id, "output": TEMPERATURE} for call in calls]
    second = await _said(client, model, items, streamed=streamed)
    return {
        "calls": [[call.name, call.arguments] for call in calls],
        "ids": len({call.call_id for call in calls}),
        **_facts(second),
    }


async def parse(client: Any, *, model: str) -> Any:
    answer = await settled(client.responses.parse(model=model, input=PROMPT, text_format=Penguin))
    return answer.output_parsed.model_dump()


async def _said(client: Any, model: str, items: list[Any], *, streamed: bool) -> Any:
    if not streamed:
        return await settled(client.responses.create(model=model, input=items, tools=TOOLS, store=False))
    async with opened(client.responses.stream(model=model, input=items, tools=TOOLS, store=False)) as stream:
        await listed(stream)
        return await settled(stream.get_final_response())


def _facts(answer: Any) -> dict[str, Any]:
    usage = answer.usage
    return {
        "model": answer.model,
        "text": answer.output_text,
        "status": answer.status,
        "total_tokens": usage.total_tokens,
    }
