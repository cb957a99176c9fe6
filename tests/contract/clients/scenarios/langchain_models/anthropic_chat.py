"""LangChain's ChatAnthropic, with another address and key only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from langchain_anthropic import ChatAnthropic

from scenarios.langchain_models import agents, models
from scenarios.langchain_models.chat_model import ChatModel


@asynccontextmanager
async def client(kind: str, *, url: str, key: str) -> AsyncIterator[Any]:
    def made(model: str, **more: Any) -> ChatModel:
        return ChatModel(ChatAnthropic(model=model, base_url=url, api_key=key, **more), kind == "sync")

    yield made


async def played(client: Any, *, what: str, model: str, **more: Any) -> Any:
    module = agents if what == "agent" else models
    return await getattr(module, what)(client(model, **more))
