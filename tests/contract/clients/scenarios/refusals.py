"""How a vendor's client takes a refusal: as which exception, and after how many requests."""

from collections.abc import Awaitable, Callable
from typing import Any

from scenarios.noted import noting

Ask = Callable[[], Awaitable[Any]]


async def refused(library: str, root: type[Exception], ask: Ask) -> dict[str, Any]:
    """What was raised; a client that is content has nothing to tell, and fails."""
    with noting(library) as noted:
        try:
            await ask()
        except root as error:
            told = _told(error)
            facts = {
                "status_code": getattr(error, "status_code", None),
                "code": told.get("code"),
                "type": told.get("type"),
            }
            return {"raised": type(error).__name__, "requests": noted.answered, "waits": noted.waits, **facts}
    raise AssertionError("the client was not refused")


def _told(error: Exception) -> dict[str, Any]:
    """The error that came: OpenAI's client takes it out of its body, Anthropic's keeps the body whole."""
    body = getattr(error, "body", None)
    return dict(body.get("error", body)) if isinstance(body, dict) else {}


async def waited(library: str, root: type[Exception], once: Ask, ask: Ask) -> dict[str, Any]:
    """What the gateway tells a client that does not repeat, and how one waits that does, until it is answered."""
    try:
        await once()
    except root as error:
        told = {"raised": type(error).__name__, "told_ms": int(error.response.headers["retry-after-ms"])}  # type: ignore[attr-defined]
    else:
        raise AssertionError("the client was not refused")
    with noting(library) as noted:
        await ask()
    return {**told, "waits": noted.waits, "requests": noted.answered}
