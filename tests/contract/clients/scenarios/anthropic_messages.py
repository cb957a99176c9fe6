"""Anthropic's client at messages."""

from typing import Any

from scenarios.anthropic_client import client
from scenarios.either import each, listed, opened, settled
from scenarios.subjects import PROMPT, TEMPERATURE, Penguin, parameters

__all__ = ["client"]

USER = {"role": "user", "content": PROMPT}
TOOLS = [{"name": name, "description": name, "input_schema": parameters()} for name in ("weather", "tide")]


async def plain(client: Any, *, model: str, **more: Any) -> Any:
    return _facts(await settled(client.messages.create(model=model, max_tokens=200, messages=[USER], **more)))


async def raw(client: Any, *, model: str) -> Any:
    made = client.messages.with_raw_response.create(model=model, max_tokens=200, messages=[USER])
    answer = await settled(made)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return {"headers": headers, "text": (await settled(answer.parse())).content[0].text}


async def events(client: Any, *, model: str) -> Any:
    """Event by event, as they come."""
    about = {"model": model, "max_tokens": 200, "messages": [USER], "stream": True}
    events = await listed(await settled(client.messages.create(**about)))
    deltas = [event.delta for event in events if event.type == "content_block_delta"]
    return {
        "kinds": [event.type for event in events],
        "text": "".join(delta.text for delta in deltas if delta.type == "text_delta"),
    }


async def accumulated(client: Any, *, model: str, **more: Any) -> Any:
    """What the client makes of a stream by itself."""
    about = {"model": model, "max_tokens": 200, "messages": [USER], **more}
    async with opened(client.messages.stream(**about)) as stream:
        text = "".join([piece async for piece in each(stream.text_stream)])
        message = await settled(stream.get_final_message())
    return {**_facts(message), "deltas": text}


async def tools(client: Any, *, model: str, streamed: bool) -> Any:
    """Two tools are called at once, their results are sent, and the model goes on."""
    turns: list[Any] = [USER]
    first = await _said(client, model, turns, streamed=streamed)
    calls = [block for block in first.content if block.type == "tool_use"]
    results = [{"type": "tool_result", "tool_use_id": call.id, "content": TEMPERATURE} for call in calls]
    turns += [{"role": "assistant", "content": first.content}, {"role": "user", "content": results}]
    second = await _said(client, model, turns, streamed=streamed)
    return {
        "calls": [[call.name, call.input] for call in calls],
        "ids": len({call.id for call in calls}),
        "called": first.stop_reason,
        **_facts(second),
    }


async def one_call(client: Any, *, model: str) -> Any:
    """A choice of one tool, and no calls side by side."""
    choice = {"type": "tool", "name": "tide", "disable_parallel_tool_use": True}
    answer = await settled(
        client.messages.create(model=model, max_tokens=200, messages=[USER], tools=TOOLS, tool_choice=choice)
    )
    return [block.name for block in answer.content if block.type == "tool_use"]


async def parse(client: Any, *, model: str) -> Any:
    about = {"model": model, "max_tokens": 200, "messages": [USER], "output_format": Penguin}
    return (await settled(client.messages.parse(**about))).parsed_output.model_dump()


async def cached(client: Any, *, model: str, streamed: bool) -> Any:
    """The second call reads what the first wrote; both marks have their own time to live."""
    system = [{"type": "text", "text": "x" * 4000, "cache_control": {"type": "ephemeral"}}]
    hour = {"type": "text", "text": "y" * 2000, "cache_control": {"type": "ephemeral", "ttl": "1h"}}
    turns = [USER, {"role": "assistant", "content": "ok"}, {"role": "user", "content": [hour]}]
    usages = []
    for messages in ([USER], turns):
        about = {"model": model, "max_tokens": 200, "system": system, "messages": messages}
        if streamed:
            async with opened(client.messages.stream(**about)) as stream:
                message = await settled(stream.get_final_message())
        else:
            message = await settled(client.messages.create(**about))
        usages.append(message.usage.model_dump())
    return usages


async def beta(client: Any, *, model: str, betas: list[str]) -> Any:
    """The client sends `anthropic-beta`, which the provider must be shown."""
    message = await settled(client.beta.messages.create(model=model, max_tokens=200, messages=[USER], betas=betas))
    return _facts(message)


async def _said(client: Any, model: str, turns: list[Any], *, streamed: bool) -> Any:
    about = {"model": model, "max_tokens": 200, "messages": turns, "tools": TOOLS}
    if not streamed:
        return await settled(client.messages.create(**about))
    async with opened(client.messages.stream(**about)) as stream:
        return await settled(stream.get_final_message())


def _facts(message: Any) -> dict[str, Any]:
    return {
        "model": message.model,
        "text": "".join(block.text for block in message.content if block.type == "text"),
        "stopped": message.stop_reason,
        "total_tokens": message.usage.input_tokens + message.usage.output_tokens,
    }
