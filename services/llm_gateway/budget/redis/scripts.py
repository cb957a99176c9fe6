"""The Lua scripts, read once from their files, each called like a function."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from llm_gateway.budget.redis.base import Argument, Script, ScriptRunner

_FOLDER = files("llm_gateway.budget") / "lua"


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
