"""A streamed answer: chunk by chunk, to its end or to where its fault ends it, billed for what was generated."""

from dataclasses import dataclass

from simulated_provider.answers.tokens import count_text
from simulated_provider.answers.usage import Usage, told_usage
from simulated_provider.billing.invoice import Invoice
from simulated_provider.faults.clauses import Faults
from simulated_provider.serving.asgi import ClientWatch, ConnectionCut
from simulated_provider.serving.delivery import Delivery
from simulated_provider.serving.exchange import Exchange
from simulated_provider.wires.base import Stream, StreamingWire
from simulated_provider.wires.sse import padded

_LENGTHENED = 1
"""Which chunk a long line comes with."""


@dataclass(frozen=True, slots=True)
class StreamedAnswer:
    exchange: Exchange
    wire: StreamingWire
    delivery: Delivery
    watch: ClientWatch
    invoice: Invoice
    delay: float

    async def send(self) -> None:
        reply, faults, delivery = self.exchange.reply, self.exchange.faults, self.delivery
        usage = told_usage(reply.answer, faults) if reply.asked.include_usage else None
        stream = self.wire.stream(reply, usage)
        await delivery.start("text/event-stream; charset=utf-8", {self.wire.request_id_header: reply.request_id})
        await self.watch.sleep(faults.ttft)
        said: list[str] = []
        chunks = stream.chunks()
        while True:
            if await self._ends_early(stream, said):
                return
            if (chunk := next(chunks, None)) is None:
                break
            long_line = faults.huge_line if len(said) == _LENGTHENED else None
            await delivery.write_events(chunk.data if long_line is None else padded(chunk.data, long_line))
            said.append(chunk.said)
            if self.delay:
                await self.watch.sleep(self.delay)
        await self.invoice.append(self.exchange.line())
        for event in endings(stream, usage, faults):
            await delivery.write_events(event)
        await delivery.end()

    async def _ends_early(self, stream: Stream, said: list[str]) -> bool:
        """Whether the stream is over, by a fault or because its client left; what was generated is billed."""
        faults, sent = self.exchange.faults, len(said)
        left = self.watch.gone and faults.unbilled_abort
        if not left and sent not in {faults.cut, faults.stall, faults.malformed, faults.error_after}:
            return False
        await self.invoice.append(self.exchange.line(count_text("".join(said))))
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
    """The last events of a stream, with what a fault leaves out, repeats or brings too late."""
    if usage is not None and faults.late_usage:
        return [*stream.ending(None), stream.ending(usage)[0]]
    events = stream.ending(usage)
    if usage is not None and faults.duplicate_usage:
        events = [events[0], *events]
    return events[:-1] if faults.bad_done else events
