"""Whether a sandbox of one kind can be built here, found out by building one."""

import asyncio
import time
from pathlib import Path

from foundation.domain.errors import SandboxUnavailable
from tool_runtime.sandbox.assets import locate
from tool_runtime.sandbox.box import Box
from tool_runtime.sandbox.profiles import Profile
from tool_runtime.sandbox.uids import NoFreeUidError, take_uid
from tool_runtime.sandbox.walls.bwrap import find_bwrap, start

GOOD_SECONDS, BAD_SECONDS = 60.0, 2.0


class SandboxProbe:
    """Remembers what it found: a minute when all is well, two seconds when not."""

    def __init__(self, profile: Profile, *, sandbox_root: Path, uid_locks: Path) -> None:
        self._profile = profile
        self._root = sandbox_root
        self._locks = uid_locks
        self._busy = asyncio.Lock()
        self._until = 0.0
        self._failure: str | None = None

    def forget(self) -> None:
        """Look again the next time: somebody met a failure."""
        self._until = 0.0

    async def check(self) -> None:
        """Raises `SandboxUnavailable` with the reason."""
        find_bwrap()
        async with self._busy:
            if time.monotonic() >= self._until:
                self._failure = await self._try()
                self._until = time.monotonic() + (BAD_SECONDS if self._failure else GOOD_SECONDS)
        if self._failure:
            raise SandboxUnavailable(self._failure)

    async def _try(self) -> str | None:
        try:
            uid = take_uid(self._locks)
        except NoFreeUidError:
            return None  # as many sandboxes as can be are running
        try:
            box = Box(await start(locate(self._root), self._profile, uid=uid.uid))
            await box.close()
        except SandboxUnavailable as error:
            return error.detail
        finally:
            uid.release()
        return None
