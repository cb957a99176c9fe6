"""A step's call to a model through the gateway's client."""

import asyncio

from fixtures.running.parts import Parts
from fixtures.running.runs import a_run
from fixtures.sandboxing.launchers import a_key
from foundation.http.service_tokens import ServiceTokenSigner
from orchestrator.claiming.taking import Taken
from orchestrator.clients.model_gateway.openai_client import OpenAiModelGateway


async def test_a_call_may_take_as_long_as_its_step(parts: Parts) -> None:
    heads: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode().lower())
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}")
        await writer.drain()
        writer.close()

    run = await a_run(parts.owner, steps=[{"name": "first", "kind": "noop", "timeout_seconds": 39_600}])
    taken = await parts.taker.take(run.dispatch("first"))
    assert isinstance(taken, Taken)
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    signer = ServiceTokenSigner(a_key().as_dict(private=True), service="orchestrator")
    gateway = OpenAiModelGateway(f"http://127.0.0.1:{port}", signer)
    async with server:
        await gateway.complete(taken.work, call_key="k", request={"model": "m", "messages": []})
        await gateway.close()
    [told] = [line for line in heads[0].splitlines() if line.startswith("x-stainless-read-timeout")]
    assert 39_500 < float(told.partition(":")[2]) <= 39_600
