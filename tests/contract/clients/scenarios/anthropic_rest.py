"""Anthropic's client at everything but answers: counting, models, refusals."""

from functools import partial
from typing import Any

import anthropic

from scenarios.anthropic_client import client
from scenarios.either import listed, opened, settled
from scenarios.refusals import refused as taken
from scenarios.refusals import waited as waiting
from scenarios.subjects import PROMPT

__all__ = ["client"]

USER = {"role": "user", "content": PROMPT}


async def count(client: Any, *, model: str) -> Any:
    """What is counted before a call, and what the call then took."""
    about = {"model": model, "messages": [USER], "system": "Be brief."}
    counted = await settled(client.messages.count_tokens(**about))
    message = await settled(client.messages.create(max_tokens=200, **about))
    return {"counted": counted.input_tokens, "used": message.usage.input_tokens}


async def models(client: Any) -> Any:
    """Its asynchronous list is read without being awaited first."""
    return [model.id for model in await listed(client.models.list())]


async def model(client: Any, *, name: str) -> Any:
    found = await settled(client.models.retrieve(name))
    return {"id": found.id, "type": found.type}


async def refused(client: Any, *, model: str, streamed: bool = False, **more: Any) -> Any:
    """How a call of messages that cannot go well ends."""
    about = {"model": model, "max_tokens": 200, "messages": [USER], **more}

    async def ask() -> None:
        if not streamed:
            await settled(client.messages.create(**about))
            return
        async with opened(client.messages.stream(**about)) as stream:
            await settled(stream.get_final_message())

    return await taken("anthropic", anthropic.APIError, ask)


async def waited(client: Any, *, model: str, max_tokens: int) -> Any:
    """A call for which there is no room yet."""
    about = {"model": model, "messages": [USER], "max_tokens": max_tokens}

    async def ask(patient: Any) -> None:
        await settled(patient.messages.create(**about))

    once, often = client.with_options(max_retries=0), client.with_options(max_retries=20)
    return await waiting("anthropic", anthropic.APIStatusError, partial(ask, once), partial(ask, often))
