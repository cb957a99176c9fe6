"""The Lua scripts, loaded once from their files and run by their digest."""

from importlib.resources import files

from redis.asyncio import Redis
from redis.commands.core import AsyncScript

_FOLDER = files("llm_gateway.budget") / "scripts"


def _source(name: str) -> str:
    return "".join((_FOLDER / f"{part}.lua").read_text("utf-8") for part in ("numbers", "limits", "common", name))


class Scripts:
    """One attribute a script; redis-py loads a script again when the server has forgotten it."""

    def __init__(self, redis: Redis) -> None:
        def script(name: str) -> AsyncScript:
            return redis.register_script(_source(name))

        self.reserve = script("reserve")
        self.settle = script("settle")
        self.renew = script("renew")
        self.lapse = script("lapse")
        self.close_run = script("close_run")
        self.adjust = script("adjust")
        self.restore = script("restore")
        self.open_bucket = script("open_bucket")


def check_epoch_source() -> str:
    return (_FOLDER / "check_epoch.lua").read_text("utf-8")
