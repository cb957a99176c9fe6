"""OpenAI's client at chat completions."""

from typing import Any

from scenarios.either import each, listed, opened, settled
from scenarios.openai_client import client
from scenarios.subjects import PROMPT, TEMPERATURE, Penguin, parameters

__all__ = ["client"]

USER = {"role": "user", "content": PROMPT}
TOOLS = [
    {"type": "function", "function": {"name": name, "description": name, "parameters": parameters()}}
    for name in ("weather", "tide")
]


async def plain(client: Any, *, model: str) -> Any:
    answer = await settled(client.chat.completions.create(model=model, messages=[USER], max_completion_tokens=200))
    [choice] = answer.choices
    return _facts(answer, choice)


async def raw(client: Any, *, model: str) -> Any:
    raw = await settled(client.chat.completions.with_raw_response.create(model=model, messages=[USER]))
    headers = {name.lower(): value for name, value in raw.headers.items()}
    return {"headers": headers, "text": raw.parse().choices[0].message.content}


async def stream(client: Any, *, model: str, **more: Any) -> Any:
    """Chunk by chunk, as it comes."""
    chunks = await listed(
        await settled(client.chat.completions.create(model=model, messages=[USER], stream=True, **more))
    )
    usages = [chunk.usage.model_dump() for chunk in chunks if chunk.usage is not None]
    choices = [choice for chunk in chunks for choice in chunk.choices]
    return {
        "model": chunks[-1].model,
        "text": "".join(choice.delta.content or "" for choice in choices),
        "finish": [choice.finish_reason for choice in choices if choice.finish_reason],
        "usages": usages,
        "without_choices": sum(not chunk.choices for chunk in chunks),
        "said_usage": sum("usage" in chunk.model_fields_set for chunk in chunks),
    }


async def accumulated(client: Any, *, model: str) -> Any:
    """What the client makes of a stream by itself."""
    about = {"model": model, "messages": [USER], "stream_options": {"include_usage": True}}
    async with opened(client.chat.completions.stream(**about)) as stream:
        kinds = {event.type async for event in each(stream)}
        answer = await settled(stream.get_final_completion())
    return {**_facts(answer, answer.choices[0]), "events": sorted(kinds)}


async def tools(client: Any, *, model: str, streamed: bool) -> Any:
    """Two tools are called at once, their results are sent, and the model goes on."""
    turns: list[Any] = [USER]
    first = await _said(client, model, turns, streamed=streamed)
    calls = first.choices[0].message.tool_calls
    turns.append(first.choices[0].message.model_dump(exclude_none=True, exclude={"parsed"}))
    turns += [{"role": "tool", "tool_call_id": call.id, "content": TEMPERATURE} for call in calls]
    second = await _said(client, model, turns, streamed=streamed)
    return {
        "calls": [[call.function.name, call.function.arguments] for call in calls],
        "ids": len({call.id for call in calls}),
        "called": first.choices[0].finish_reason,
        **_facts(second, second.choices[0]),
    }


async def one_call(client: Any, *, model: str) -> Any:
    """A choice of one tool, and no calls side by side."""
    named = {"type": "function", "function": {"name": "tide"}}
    answer = await settled(
        client.chat.completions.create(
            model=model, messages=[USER], tools=TOOLS, tool_choice=named, parallel_tool_calls=False
        )
    )
    return [call.function.name for call in answer.choices[0].message.tool_calls]


async def parse(client: Any, *, model: str) -> Any:
    answer = await settled(
        client.chat.completions.parse(model=model, messages=[USER], response_format=Penguin, max_completion_tokens=200)
    )
    return answer.choices[0].message.parsed.model_dump()


async def _said(client: Any, model: str, turns: list[Any], *, streamed: bool) -> Any:
    if not streamed:
        return await settled(client.chat.completions.create(model=model, messages=turns, tools=TOOLS))
    async with opened(client.chat.completions.stream(model=model, messages=turns, tools=_strict())) as stream:
        await listed(stream)
        return await settled(stream.get_final_completion())


def _strict() -> list[Any]:
    return [{**tool, "function": {**tool["function"], "strict": True}} for tool in TOOLS]


def _facts(answer: Any, choice: Any) -> dict[str, Any]:
    return {
        "model": answer.model,
        "text": choice.message.content,
        "finish": choice.finish_reason,
        "total_tokens": answer.usage.total_tokens if answer.usage else None,
    }
