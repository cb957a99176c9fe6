"""Anthropic's clients, with another address and key only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anthropic

from scenarios.either import opened


@asynccontextmanager
async def client(kind: str, *, url: str, key: str) -> AsyncIterator[Any]:
    made = anthropic.Anthropic if kind == "sync" else anthropic.AsyncAnthropic
    async with opened(made(base_url=url, api_key=key)) as entered:
        yield entered
