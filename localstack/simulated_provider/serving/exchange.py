"""One request with its answer, its faults and its cost."""

from dataclasses import dataclass
from datetime import UTC, datetime

from simulated_provider.billing.invoice import InvoiceLine
from simulated_provider.billing.prices import cost
from simulated_provider.faults.clauses import Faults
from simulated_provider.wires.base import Reply


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request on its way: its reply, the faults that befall it, and the caller's own id of the request."""

    reply: Reply
    faults: Faults
    client_request_id: str | None

    def line(self, output_tokens: int | None = None) -> InvoiceLine:
        """The line of the invoice for so many tokens of output, or for the whole answer."""
        answer, model = self.reply.answer, self.reply.request.model
        output = answer.output_tokens if output_tokens is None else output_tokens
        spent = cost(
            model,
            input_tokens=answer.input_tokens,
            cached_input_tokens=answer.cache.read,
            output_tokens=output,
            cache=answer.cache,
            searches=answer.searches,
        )
        return InvoiceLine(
            at=datetime.now(UTC).isoformat(),
            request_id=self.reply.request_id,
            client_request_id=self.client_request_id,
            model=model,
            input_tokens=answer.input_tokens,
            cached_input_tokens=answer.cache.read,
            output_tokens=output,
            cost_usd=f"{spent:f}",
            cache_write_tokens=answer.cache.written,
            cache_write_1h_tokens=answer.cache.written_1h,
            reasoning_tokens=min(output, answer.reasoning_tokens),
        )
