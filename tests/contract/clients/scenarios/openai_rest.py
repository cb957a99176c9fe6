"""OpenAI's client at everything but answers: embeddings, models, refusals."""

from functools import partial
from typing import Any

import openai

from scenarios.either import listed, settled
from scenarios.openai_client import client
from scenarios.refusals import refused as taken
from scenarios.refusals import waited as waiting
from scenarios.subjects import PROMPT

__all__ = ["client"]

USER = {"role": "user", "content": PROMPT}


async def embeddings(client: Any, *, model: str, texts: list[str], **more: Any) -> Any:
    answer = await settled(client.embeddings.create(model=model, input=texts, **more))
    return {
        "indices": [one.index for one in answer.data],
        "vectors": [one.embedding for one in answer.data],
        "total_tokens": answer.usage.total_tokens,
    }


async def models(client: Any) -> Any:
    """Its asynchronous list is read without being awaited first."""
    return [model.id for model in await listed(client.models.list())]


async def model(client: Any, *, name: str) -> Any:
    found = await settled(client.models.retrieve(name))
    return {"id": found.id, "object": found.object}


async def refused(client: Any, *, model: str, streamed: bool = False, **more: Any) -> Any:
    """How a call of chat completions that cannot go well ends."""
    about = {"model": model, "messages": [USER], "stream": streamed, **more}

    async def ask() -> None:
        answer = await settled(client.chat.completions.create(**about))
        if streamed:
            await listed(answer)

    return await taken("openai", openai.APIError, ask)


async def waited(client: Any, *, model: str, max_tokens: int) -> Any:
    """A call for which there is no room yet."""
    about = {"model": model, "messages": [USER], "max_tokens": max_tokens}

    async def ask(patient: Any) -> None:
        await settled(patient.chat.completions.create(**about))

    once, often = client.with_options(max_retries=0), client.with_options(max_retries=20)
    return await waiting("openai", openai.APIStatusError, partial(ask, once), partial(ask, often))
