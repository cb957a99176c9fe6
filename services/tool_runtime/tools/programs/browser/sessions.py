"""What of a browser stays for the next call of its session: cookies, what pages have stored, and the address.

It is a file in the workspace, so it goes where the workspace goes and ends with it: no browser waits between two calls,
and a call that is repeated begins with what it began with the first time.
"""

import asyncio
import json
import os
import pathlib
from typing import Any

from playwright.async_api import Error

from tool_runtime.sandbox.frames import WORKSPACE_IS_KEPT
from tool_runtime.tools.programs.browser.failures import BrowserStepFailed

FOLDER = pathlib.Path("/work/.browser")
LARGEST_SESSION = 8 * 1024 * 1024
SAVE_SECONDS = 4.0


class Session:
    """One name's file. `state` and `url` are of the call before, None where there was none."""

    def __init__(self, name: str, folder: pathlib.Path = FOLDER) -> None:
        self.name = name
        self._file = folder / f"{name}.json"
        self.state: dict[str, Any] | None = None
        self.url: str | None = None

    def load(self) -> None:
        """Raises `BrowserStepFailed` where nothing could be kept, or what lies there is no session."""
        if not os.environ.get(WORKSPACE_IS_KEPT):
            raise BrowserStepFailed(
                "no_workspace", "a session is kept in a workspace; give the step or the agent `workspace: new`"
            )
        if not self._file.is_file():
            return
        try:
            told = json.loads(self._file.read_bytes())
            self.state, self.url = dict(told["state"]), str(told["url"])
        except (ValueError, KeyError, TypeError, OSError, RecursionError) as error:
            raise BrowserStepFailed("bad_session", f"{self._file} is no session: {error}; remove it") from error

    async def save(self, context: Any, url: str) -> dict[str, Any]:
        """What is told of it: whether the call's end is what the next one begins with, or why the beginning is."""
        resumed = self.state is not None
        told: dict[str, Any] = {"name": self.name, "resumed": resumed, "kept": False, "detail": None}
        try:
            state = await asyncio.wait_for(context.storage_state(indexed_db=True), SAVE_SECONDS)
        except (TimeoutError, Error):
            return told | {"detail": "the pages did not give what they have stored; what was kept before stays"}
        content = json.dumps({"url": url, "state": state}).encode()
        if len(content) > LARGEST_SESSION:
            return told | {
                "detail": f"it has {len(content)} bytes, {LARGEST_SESSION} may be kept; the one before stays"
            }
        folder = self._file.parent
        if folder.is_symlink():
            return told | {"detail": f"{folder} is a link, and what lies behind one may not stay; remove it"}
        try:
            folder.mkdir(exist_ok=True)
            beside = self._file.with_suffix(".new")
            beside.unlink(missing_ok=True)  # it may be a link as well
            beside.write_bytes(content)
            beside.replace(self._file)
        except OSError as error:
            return told | {"detail": f"{self._file} cannot be written: {error.strerror}; what was kept before stays"}
        return told | {"kept": True}
