"""The socket to the worker: what any thread asks through it, that thread waits for."""

import itertools
import queue
import socket
import threading
from typing import Any, NoReturn

from orchestrator.clients.crew_program import frames


class WorkerGone(BaseException):
    """The worker has closed the socket. Not an `Exception`, as CrewAI would try again or show it to a model."""


class Channel:
    """Both directions of the socket; answers find their questions by number."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, queue.SimpleQueue[dict[str, Any]]] = {}

    def send(self, document: dict[str, Any]) -> None:
        with self._sending:
            self._connection.sendall(frames.encode(document))

    def receive(self) -> dict[str, Any]:
        """The next frame; `WorkerGone` when none comes."""
        return frames.decode(self._read(frames.length_of(self._read(frames.LENGTH_BYTES))))

    def ask(self, document: dict[str, Any]) -> dict[str, Any]:
        """Sends a question and waits for its answer, which `listen` finds."""
        number = next(self._numbers)
        answer: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._waiting[number] = answer
        self.send({**document, "id": number})
        return answer.get()

    def listen(self) -> NoReturn:
        """Hands answers to those who asked, for as long as the worker speaks."""
        while True:
            answer = self.receive()
            self._waiting.pop(answer["id"]).put(answer)

    def _read(self, length: int) -> bytes:
        parts = bytearray()
        while len(parts) < length:
            part = self._connection.recv(length - len(parts))
            if not part:
                raise WorkerGone
            parts += part
        return bytes(parts)
