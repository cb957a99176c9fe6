"""Sends a plain answer: it is billed when it is generated, and sent completely or as far as its fault allows."""

from simulated_provider.answers.usage import reported_usage
from simulated_provider.billing.invoice import Invoice
from simulated_provider.serving.asgi import ClientWatch, ConnectionCut
from simulated_provider.serving.delivery import Delivery
from simulated_provider.serving.exchange import Exchange
from simulated_provider.wires.base import Wire


async def answer_plainly(
    exchange: Exchange, wire: Wire, *, delivery: Delivery, watch: ClientWatch, invoice: Invoice
) -> None:
    """Bill and send; if the client leaves before, it is billed in full, or not at all with `unbilled-abort`."""
    faults = exchange.faults
    body = wire.whole(exchange.reply, reported_usage(exchange.reply.answer, faults))
    if faults.malformed is not None:
        body = body[: len(body) // 2]
    headers = {wire.request_id_header: exchange.reply.request_id}
    if not faults.gzip:
        headers["content-length"] = str(len(body))
    started = bool(faults.ttft)
    if started:
        await delivery.start("application/json", headers)
        await watch.sleep(faults.ttft)
        if watch.gone and faults.unbilled_abort:
            return
    await invoice.append(exchange.line())
    if not started:
        await delivery.start("application/json", headers)
    if faults.cut is not None or faults.stall is not None:
        await delivery.write(body[: len(body) // 2])
        if faults.stall is not None:
            await watch.sleep(None)
        raise ConnectionCut
    await delivery.write(body)
    await delivery.end()
