"""The Lua scripts, read once from their files, and what runs them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Protocol

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

Argument = str | int

_FOLDER = files("llm_gateway.budget") / "lua"


@dataclass(frozen=True, slots=True)
class Script:
    """A script's text, and the digest by which Redis knows it."""

    source: str
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", hashlib.sha1(self.source.encode(), usedforsecurity=False).hexdigest())


class ScriptRunner(Protocol):
    """Redis as the scripts need it."""

    async def run(self, script: Script, *, script_keys: Sequence[str], args: Sequence[Argument]) -> Any:
        """The script's answer; a `RedisError` when it is not known whether it ran."""
        ...


class PooledRunner:
    """Runs scripts on the connections of a pool."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def run(self, script: Script, *, script_keys: Sequence[str], args: Sequence[Argument]) -> Any:
        try:
            return await self._redis.evalsha(script.digest, len(script_keys), *script_keys, *args)
        except NoScriptError:
            return await self._redis.eval(script.source, len(script_keys), *script_keys, *args)


class BoundScript:
    """One script, and what runs it."""

    def __init__(self, runner: ScriptRunner, name: str) -> None:
        self._runner = runner
        self._script = load_script(name)

    async def run(self, *, keys: Sequence[str], args: Sequence[Argument]) -> Any:
        return await self._runner.run(self._script, script_keys=keys, args=args)


class Scripts:
    """One attribute a script."""

    def __init__(self, runner: ScriptRunner) -> None:
        self.reserve = BoundScript(runner, "reserve")
        self.settle = BoundScript(runner, "settle")
        self.renew = BoundScript(runner, "renew")
        self.lapse = BoundScript(runner, "lapse")
        self.close_run = BoundScript(runner, "close_run")
        self.adjust = BoundScript(runner, "adjust")
        self.restore = BoundScript(runner, "restore")
        self.open_bucket = BoundScript(runner, "open_bucket")


def check_epoch_source() -> str:
    return (_FOLDER / "check_epoch.lua").read_text("utf-8")


def load_script(name: str) -> Script:
    parts = ("numbers", "limits", "common", name)
    return Script("".join((_FOLDER / f"{part}.lua").read_text("utf-8") for part in parts))
