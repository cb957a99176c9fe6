"""A chat model of LangChain, asked by its blocking or its asynchronous methods."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ChatModel:
    model: Any
    blocking: bool

    async def ask(self, runnable: Any, what: Any) -> Any:
        return runnable.invoke(what) if self.blocking else await runnable.ainvoke(what)

    async def pieces(self, runnable: Any, what: Any) -> list[Any]:
        if self.blocking:
            return list(runnable.stream(what))
        return [piece async for piece in runnable.astream(what)]
