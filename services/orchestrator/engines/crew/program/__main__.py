"""`python -m orchestrator.engines.crew.program <descriptor> <bytes>`: runs one crew over the socket, and ends."""

import os
import resource
import socket
import sys
import threading
import warnings

from orchestrator.clients.crew_program.frames import VERSION
from orchestrator.engines.crew.program.channel import Channel, WorkerGone
from orchestrator.engines.crew.program.escapes import unescaped

_OPEN_FILES = 256
_FILE_BYTES = 64 * 1024 * 1024
_SHOWN_REASON = 2_000


def main() -> None:
    connection = socket.socket(fileno=int(sys.argv[1]))
    _limit(int(sys.argv[2]))
    warnings.simplefilter("ignore")
    # CrewAI takes seconds to import; the worker waits for the greeting, and what it tells is small beside that.
    from orchestrator.engines.crew.program.crew import run  # noqa: PLC0415

    channel = Channel(connection)
    channel.send({"type": "ready", "v": VERSION})
    told = channel.receive()
    if told.get("v") != VERSION:
        raise SystemExit("the worker is of another version than this program")
    threading.Thread(target=_listen, args=(channel,), daemon=True).start()
    try:
        channel.send({"type": "done", "text": run(channel, told["crew"])})
    except Exception as error:  # noqa: BLE001 - the edge of the program: whatever CrewAI raises is the crew's end
        reason = unescaped(f"{type(error).__name__}: {error}")
        channel.send({"type": "failed", "reason": reason[:_SHOWN_REASON]})


def _limit(memory_bytes: int) -> None:
    for kind, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_FSIZE, _FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _listen(channel: Channel) -> None:
    """Ends the whole program with the conversation: without a worker nobody waits for it."""
    try:
        channel.listen()
    except WorkerGone:
        os._exit(0)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    # CrewAI leaves threads behind that would be waited for.
    os._exit(0)
