"""OpenAI's clients, with another address and key only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import openai

from scenarios.either import opened


@asynccontextmanager
async def client(kind: str, *, url: str, key: str) -> AsyncIterator[Any]:
    made = openai.OpenAI if kind == "sync" else openai.AsyncOpenAI
    async with opened(made(base_url=f"{url}/v1", api_key=key)) as entered:
        yield entered
