"""Runs scenarios: a line of JSON names one, a line of JSON tells what came of it."""

import asyncio
import importlib
import json
import os
import signal
import sys
import traceback
from typing import Any

_LONGEST_SECONDS = 60


def _too_long(*_: object) -> None:
    raise TimeoutError(f"not ended after {_LONGEST_SECONDS} seconds")


async def _told(request: dict[str, Any]) -> Any:
    module = importlib.import_module(f"scenarios.{request['module']}")
    async with module.client(request["kind"], url=request["url"], key=request["key"]) as client:
        return await getattr(module, request["scenario"])(client, **request["about"])


def _answer(runner: asyncio.Runner, line: str) -> dict[str, Any]:
    signal.alarm(_LONGEST_SECONDS)
    try:
        return {"told": runner.run(_told(json.loads(line)))}
    except Exception:  # noqa: BLE001  # whatever a client raised is for the test to show
        return {"failed": traceback.format_exc()}
    finally:
        signal.alarm(0)


def main() -> None:
    signal.signal(signal.SIGALRM, _too_long)
    # what a library prints must not stand between the answers
    # libraries keep connections from one scenario to the next, and with them the loop
    with os.fdopen(os.dup(sys.stdout.fileno()), "w") as answers, asyncio.Runner() as runner:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        for line in sys.stdin:
            print(json.dumps(_answer(runner, line)), file=answers, flush=True)


if __name__ == "__main__":
    main()
