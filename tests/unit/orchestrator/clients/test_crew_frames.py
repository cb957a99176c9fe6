"""Frames between a worker and a crew's program, and the side of the program, which many threads share."""

import socket
import threading
from typing import Any

import pytest

from orchestrator.clients.crew_program import frames
from orchestrator.engines.crew.program.channel import Channel, WorkerGone


def test_a_frame_is_read_as_it_was_written() -> None:
    document = {"type": "done", "text": "ä { 𝄞"}
    frame = frames.encode(document)
    assert frames.length_of(frame[: frames.LENGTH_BYTES]) == len(frame) - frames.LENGTH_BYTES
    assert frames.decode(frame[frames.LENGTH_BYTES :]) == document


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"a":'])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(frames.CrewFrameError):
        frames.decode(body)


def test_a_length_beyond_the_limit_is_refused_before_anything_is_read() -> None:
    with pytest.raises(frames.CrewFrameError, match="at most"):
        frames.length_of((frames.MAX_BYTES + 1).to_bytes(frames.LENGTH_BYTES, "big"))
    with pytest.raises(frames.CrewFrameError, match="at most"):
        frames.encode({"text": "x" * frames.MAX_BYTES})


def test_the_longest_frame_is_written_and_read() -> None:
    frame = frames.encode({"text": "x" * (frames.MAX_BYTES - len('{"text":""}'))})
    assert frames.length_of(frame[: frames.LENGTH_BYTES]) == frames.MAX_BYTES


def test_each_thread_gets_the_answer_to_its_own_question() -> None:
    ours, theirs = socket.socketpair()
    worker, program = Channel(ours), Channel(theirs)
    answers: dict[int, Any] = {}

    def listen() -> None:
        with pytest.raises(WorkerGone):
            program.listen()

    listening = threading.Thread(target=listen)
    listening.start()
    asking = [threading.Thread(target=lambda i=i: answers.update({i: program.ask({"question": i})})) for i in range(8)]
    for thread in asking:
        thread.start()
    questions = [worker.receive() for _ in asking]
    for question in reversed(questions):
        worker.send({"id": question["id"], "text": question["question"]})
    for thread in asking:
        thread.join(5)
    ours.close()
    listening.join(5)
    theirs.close()
    assert {asked: answer["text"] for asked, answer in answers.items()} == {i: i for i in range(8)}
