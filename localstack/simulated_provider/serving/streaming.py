"""Sends a streamed answer chunk by chunk, to its end or until its fault ends it; what was generated is billed."""

from dataclasses import dataclass

from simulated_provider.answers.tokens import count_text
from simulated_provider.answers.usage import Usage, reported_usage
from simulated_provider.billing.invoice import Invoice
from simulated_provider.faults.clauses import Faults
from simulated_provider.serving.asgi import ClientWatch, ConnectionCut
from simulated_provider.serving.delivery import Delivery
from simulated_provider.serving.exchange import Exchange
from simulated_provider.wires.base import Stream, StreamingWire
from simulated_provider.wires.sse import padded

_LENGTHENED = 1
"""The number of the chunk that `huge-line` makes long."""


@dataclass(frozen=True, slots=True)
class StreamedAnswer:
    """One streamed reply; `delay` is in seconds between two chunks."""

    exchange: Exchange
    wire: StreamingWire
    delivery: Delivery
    watch: ClientWatch
    invoice: Invoice
    delay: float

    async def send(self) -> None:
        reply, faults, delivery = self.exchange.reply, self.exchange.faults, self.delivery
        usage = reported_usage(reply.answer, faults) if reply.request.include_usage else None
        stream = self.wire.stream(reply, usage)
        await delivery.start("text/event-stream; charset=utf-8", {self.wire.request_id_header: reply.request_id})
        await self.watch.sleep(faults.ttft)
        generated: list[str] = []
        chunks = stream.chunks()
        while True:
            if await self._ends_early(stream, generated):
                return
            if (chunk := next(chunks, None)) is None:
                break
            long_line = faults.huge_line if len(generated) == _LENGTHENED else None
            await delivery.write_events(chunk.data if long_line is None else padded(chunk.data, long_line))
            generated.append(chunk.generated)
            if self.delay:
                await self.watch.sleep(self.delay)
        await self.invoice.append(self.exchange.line())
        for event in endings(stream, usage, faults):
            await delivery.write_events(event)
        await delivery.end()

    async def _ends_early(self, stream: Stream, generated: list[str]) -> bool:
        """Bill and end the stream if a fault or a client that left ends it now; return whether it is over."""
        faults, sent = self.exchange.faults, len(generated)
        left = self.watch.gone and faults.unbilled_abort
        if not left and sent not in {faults.cut, faults.stall, faults.malformed, faults.error_after}:
            return False
        await self.invoice.append(self.exchange.line(count_text("".join(generated))))
        if left:
            return True
        if sent == faults.stall:
            await self.watch.sleep(None)
        elif sent == faults.malformed:
            await self.delivery.write(self.wire.malformed)
            await self.delivery.end()
        elif sent == faults.error_after:
            await self.delivery.write_events(stream.failure())
            await self.delivery.end()
        else:
            raise ConnectionCut
        return True


def endings(stream: Stream, usage: Usage | None, faults: Faults) -> list[bytes]:
    """The last events of a stream: a fault may leave some out, repeat them or send them too late."""
    if usage is not None and faults.late_usage:
        return [*stream.ending(None), stream.ending(usage)[0]]
    events = stream.ending(usage)
    if usage is not None and faults.duplicate_usage:
        events = [events[0], *events]
    return events[:-1] if faults.bad_done else events
