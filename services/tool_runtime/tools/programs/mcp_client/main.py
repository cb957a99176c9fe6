"""Does what `in/mcp.json` says with a server, and writes what came of it to `out/result.json`.

Ends with 0 where the server has answered, and with 1 where it has not or says that it failed: then it has an `error`.
"""

import asyncio
import contextlib
import json
import os
import sys
import time
from typing import Any

import anyio
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import Implementation, InputRequiredResult

from foundation.contracts.accepted.shown_text import without_hidden
from tool_runtime.tools.programs.alone import closed_to_others, end_all_others
from tool_runtime.tools.programs.clock import ends_at
from tool_runtime.tools.programs.endings import OUT, ends, say, told_error
from tool_runtime.tools.programs.mcp_client.answers import McpAnswer
from tool_runtime.tools.programs.mcp_client.faults import SHOWN, McpFailed, ServerWatch
from tool_runtime.tools.programs.mcp_client.listing import check_pins, listed
from tool_runtime.tools.programs.mcp_client.packages import command_of, environment_of
from tool_runtime.tools.programs.mcp_client.sieve import ToolSieve
from tool_runtime.tools.programs.mcp_client.stdio import beside
from tool_runtime.tools.programs.mcp_client.web import is_of_reading, on_the_web
from tool_runtime.tools.programs.places import WORK
from tool_runtime.tools.programs.results import Told, clean, write_result

_CLOSING_SECONDS = 2.0
_MOST_MARGIN, _MARGIN_PART = 5.0, 0.2


def main() -> int:
    closed_to_others()
    return ends(_talked)


def _talked() -> Told:
    """Returns only where something goes wrong that is no server's: else the process ends with its conversation."""
    told = json.loads((WORK / "in" / "mcp.json").read_bytes())
    asyncio.run(_within(told, ends_at(_MOST_MARGIN, part=_MARGIN_PART)))
    raise AssertionError("the process has ended")


async def _within(told: Told, until: float) -> None:
    """Ends the process: neither a server nor a library that does not come to its end keeps the result."""
    watch = ServerWatch()
    answer: asyncio.Future[Told] = asyncio.get_running_loop().create_future()
    talk = asyncio.create_task(_talk(told, until, watch, answer))
    waited: set[asyncio.Future[Any]] = {talk, watch.failed, answer}
    await asyncio.wait(waited, timeout=until - time.monotonic(), return_when=asyncio.FIRST_COMPLETED)
    result = answer.result() if answer.done() else {"error": told_error(_failure(talk, watch))}
    if watch.refused:
        result["refused"] = dict(watch.refused)
    write_result(result, OUT)
    if answer.done():
        # A server on the web is told that the session is over; one beside this program that its input is.
        await asyncio.wait({talk}, timeout=_CLOSING_SECONDS)
    # Once more, when nobody is left who could have put another one in its place, or still could.
    end_all_others()
    result = write_result(result, OUT)
    error = result.get("error")
    if error is not None:
        say(f"{error['code']}: {error['detail']}")
    os._exit(1 if error else 0)


def _failure(talk: "asyncio.Task[None]", watch: ServerWatch) -> McpFailed:
    if watch.failed.done():
        return watch.failed.result()
    if not talk.done():
        asked = f"it was asked for {watch.phase}; where it only needs longer, give the call more `timeout_seconds`"
        return McpFailed("timed_out", f"the time was over before the server had answered; {asked}")
    error: BaseException | None = talk.exception()
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, McpFailed):
        return error
    if watch.ended is not None:
        detail = f"the server ended with the code {watch.ended}; it was asked for {watch.phase}"
        return McpFailed("server_ended", detail)
    words = str(error)[:SHOWN] or type(error).__name__
    if isinstance(error, MCPError) and is_of_reading(error):
        return McpFailed("garbage", f"the server said what is no message of MCP: {error.message[:SHOWN]}")
    if isinstance(error, MCPError):
        return McpFailed("refused", f"the server answers {watch.phase} with an error: {words}")
    return McpFailed("answer_invalid", f"the server's answer to {watch.phase} is not what MCP asks for: {words}")


async def _talk(told: Told, until: float, watch: ServerWatch, answer: "asyncio.Future[Told]") -> None:
    async with contextlib.AsyncExitStack() as stack:
        server = told["server"]
        if server["transport"] == "stdio":
            command = await anyio.to_thread.run_sync(command_of, server)
            transport = beside(command, environment_of(server), watch)
        else:
            transport = on_the_web(server["url"], watch, seconds=until - time.monotonic())
        watch.phase = "the first greeting"
        about = Implementation(name="lockstep", version="1")
        client = await stack.enter_async_context(Client(transport, client_info=about, cache=None))
        watch.phase = "the list of its tools"
        sieve = ToolSieve(client.protocol_version)
        watch.looks_into = sieve.sift
        tools = await listed(client, sieve)
        watch.looks_into = None
        if "tool" not in told:
            left_out = {"left_out": sieve.left_out} if sieve.left_out else {}
            answer.set_result({**_listing(client, tools), **left_out})
            return
        check_pins(tools, told["pins"])
        watch.phase = f"the tool {told['tool']}"
        result = await client.session.call_tool(told["tool"], told["arguments"], allow_input_required=True)
        if isinstance(result, InputRequiredResult):
            detail = "the tool asks for an answer of a person or of a model in the middle of the call; nobody gives one"
            raise McpFailed("input_required", detail)
        answer.set_result(McpAnswer().of(result))


def _listing(client: Client, tools: list[Told]) -> Told:
    about = client.server_info
    server = {"name": _shown(about.name), "version": _shown(about.version)} if about else None
    return {"server": server, "protocol": _shown(client.protocol_version), "tools": tools}


def _shown(text: str) -> str:
    """What a server says of itself, for people to read."""
    return clean(without_hidden(text)[:200])


if __name__ == "__main__":
    sys.exit(main())
