"""A server beside this program, spoken to over its standard input and output, within bounds.

The library's own transport reads lines of any length and passes over what is no message; here both end the call.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import anyio
import mcp_types
from mcp.shared.message import SessionMessage

from tool_runtime.tools.programs.mcp_client.faults import SHOWN, McpFailed, ServerWatch, WatchedStream
from tool_runtime.tools.programs.places import WORK

_ENDING_SECONDS = 1.0
"""For a server whose input has ended to end by itself; whatever is left is ended with the job."""
_INHERITED = (
    *("PATH", "HOME", "TMPDIR", "LANG", "TZ", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
    *("http_proxy", "https_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "NODE_EXTRA_CA_CERTS"),
)


@contextlib.asynccontextmanager
async def beside(command: list[str], environment: dict[str, str], watch: ServerWatch) -> AsyncIterator[tuple[Any, Any]]:
    """The streams of its messages and of ours. Raises `McpFailed` where it cannot be started."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    try:
        process: Any = await anyio.open_process(
            command, env={**inherited, **environment}, cwd=WORK, stderr=sys.stderr, stdin=subprocess.PIPE
        )
    except (OSError, ValueError) as error:
        raise McpFailed("not_started", f"the server could not be started: {error}") from error
    said, heard = anyio.create_memory_object_stream[Any](0)
    ours, sent = anyio.create_memory_object_stream[Any](0)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_hear, process, said, watch)
        tasks.start_soon(_tell, process, sent)
        try:
            yield WatchedStream(heard, watch), ours
        finally:
            watch.closing = True
            with anyio.CancelScope(shield=True):
                await process.stdin.aclose()
                with anyio.move_on_after(_ENDING_SECONDS):
                    await process.wait()
                if process.returncode is None:
                    process.kill()
            tasks.cancel_scope.cancel()


async def _hear(process: Any, said: Any, watch: ServerWatch) -> None:
    pending: list[bytes] = []
    async with said:
        async for chunk in process.stdout:
            if not watch.took(len(chunk)):
                return
            *lines, rest = chunk.split(b"\n")
            if lines:
                lines[0] = b"".join([*pending, lines[0]])
                pending = []
            pending.append(rest)
            for line in filter(bytes.strip, lines):
                try:
                    message = mcp_types.jsonrpc_message_adapter.validate_json(line, by_name=False)
                except ValueError:
                    shown = line[:SHOWN].decode("utf-8", "replace")
                    watch.fail("garbage", f"the server wrote to its output what is no message of MCP: {shown}")
                    return
                try:
                    await said.send(SessionMessage(message))
                except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                    return
        with anyio.move_on_after(_ENDING_SECONDS):
            code = await process.wait()
            watch.ended = None if watch.closing else code


async def _tell(process: Any, sent: Any) -> None:
    # A server that has ended, or reads no more, is told of by what it says.
    with contextlib.suppress(anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
        async with sent:
            async for item in sent:
                text = item.message.model_dump_json(by_alias=True, exclude_unset=True)
                await process.stdin.send(text.encode() + b"\n")
