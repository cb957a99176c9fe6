"""Spans are stored in batches for all tenants, read for one, forgotten when they are old, and exported by OTLP."""

import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from foundation.domain.ids import RunId, TenantId, new_uuid
from foundation.storage.session.database import Database, DatabaseSettings
from foundation.storage.spans import reading
from foundation.storage.spans.writing import SpanKeeper
from foundation.telemetry.spans.buffer import SpanBuffer
from foundation.telemetry.spans.otlp import OtlpExport
from foundation.telemetry.spans.record import AttributeValue, RecordedKind, SpanAttribute, SpanRecord, SpanStatus

TRACE = "0af7651916cd43dd8448eb211c80319c"
_SECOND = 1_000_000_000
_STARTED = 1_764_000_000 * _SECOND


def a_span(number: int, tenant_id: TenantId | None, **more: Any) -> SpanRecord:
    about: dict[str, AttributeValue] = {SpanAttribute.STEP_NAME.value: "count"}
    if tenant_id is not None:
        about[SpanAttribute.TENANT_ID.value] = str(tenant_id)
    given: dict[str, Any] = {
        "trace_id": TRACE,
        "span_id": f"{number:016x}",
        "parent_span_id": f"{number - 1:016x}" if number > 1 else None,
        "name": f"span {number}",
        "kind": RecordedKind.INTERNAL,
        "service": "tests",
        "started_ns": _STARTED + number * _SECOND,
        "ended_ns": _STARTED + number * _SECOND + 1_500_000,
        "attributes": {**about, **more.pop("attributes", {})},
    }
    return SpanRecord(**{**given, **more})


@pytest.fixture
async def database(scratch: ScratchDatabase) -> AsyncIterator[Database]:
    opened = Database(DatabaseSettings(url=scratch.url("control_plane"), pool_size=2), application="test")
    yield opened
    await opened.close()


async def read(database: Database, tenant: Tenant) -> list[reading.StoredSpan]:
    async with database.tenant(tenant.tenant_id) as tx:
        return await reading.of_trace(tx, tenant.tenant_id, TRACE, after=None, limit=100)


async def test_a_batch_of_several_tenants_is_stored_once_and_read_by_each_alone(
    scratch: ScratchDatabase, database: Database
) -> None:
    one, other, gone = Tenant().create(scratch), Tenant().create(scratch), TenantId(new_uuid())
    for _ in range(2):
        buffer = SpanBuffer()
        for number, tenant_id in enumerate([one.tenant_id, other.tenant_id, one.tenant_id, gone, None], start=1):
            buffer.add(a_span(number, tenant_id))
        await SpanKeeper(database, spans=buffer).flush()
        assert len(buffer) == 0
    assert [span.span_id for span in await read(database, one)] == [f"{1:016x}", f"{3:016x}"]
    [of_other] = await read(database, other)
    assert (of_other.name, of_other.duration_us, of_other.attributes) == (
        "span 2",
        1500,
        {"lockstep.step.name": "count"},
    )
    async with database.across_tenants(reason="as an operator reads") as tx:
        both = await reading.of_trace_in_all_tenants(tx, TRACE, after=both_after(of_other), limit=100)
    assert {span.tenant_id for span in both} == {one.tenant_id}


def both_after(span: reading.StoredSpan) -> reading.Place:
    return span.place


async def test_calls_that_only_read_are_not_stored_unless_they_fail(
    scratch: ScratchDatabase, database: Database
) -> None:
    tenant, buffer = Tenant().create(scratch), SpanBuffer()
    calls = [("GET", 200), ("HEAD", 404), ("GET", 503), ("POST", 400)]
    for number, (method, status) in enumerate(calls, start=1):
        about = {SpanAttribute.HTTP_METHOD.value: method, SpanAttribute.HTTP_STATUS.value: status}
        buffer.add(a_span(number, tenant.tenant_id, kind=RecordedKind.SERVER, attributes=about))
    await SpanKeeper(database, spans=buffer).flush()
    assert [span.span_id for span in await read(database, tenant)] == [f"{3:016x}", f"{4:016x}"]


async def test_spans_wait_while_the_database_is_away(scratch: ScratchDatabase) -> None:
    away = Database(
        DatabaseSettings(url="postgresql://nobody:x@127.0.0.1:1/none", pool_size=1, connect_timeout_seconds=1),
        application="test",
    )
    buffer = SpanBuffer()
    buffer.add(a_span(1, Tenant().create(scratch).tenant_id))
    await SpanKeeper(away, spans=buffer).flush()
    await away.close()
    assert len(buffer) == 1


async def test_a_run_shows_its_spans_and_those_of_no_run_and_none_of_another_run(
    scratch: ScratchDatabase, database: Database
) -> None:
    tenant, buffer = Tenant().create(scratch), SpanBuffer()
    run_id, other = RunId(new_uuid()), new_uuid()
    for number, owner in enumerate([None, run_id, other], start=1):
        about = {} if owner is None else {SpanAttribute.RUN_ID.value: str(owner)}
        buffer.add(a_span(number, tenant.tenant_id, attributes=about, status=SpanStatus.ERROR))
    await SpanKeeper(database, spans=buffer).flush()
    async with database.tenant(tenant.tenant_id) as tx:
        shown = await reading.of_run(tx, tenant.tenant_id, run_id, TRACE, after=None, limit=100)
        rest = await reading.of_run(tx, tenant.tenant_id, run_id, TRACE, after=shown[0].place, limit=100)
    assert [(span.span_id, span.run_id) for span in shown] == [(f"{1:016x}", None), (f"{2:016x}", run_id)]
    assert [span.span_id for span in rest] == [f"{2:016x}"]


async def test_old_spans_are_forgotten(scratch: ScratchDatabase, database: Database) -> None:
    tenant, buffer = Tenant().create(scratch), SpanBuffer()
    for number in (1, 2):
        buffer.add(a_span(number, tenant.tenant_id))
    await SpanKeeper(database, spans=buffer).flush()
    with scratch.superuser() as connection:
        connection.execute(
            "UPDATE spans SET recorded_at = now() - interval '15 days' WHERE tenant_id = %s AND span_id = %s",
            [tenant.tenant_id, f"{1:016x}"],
        )
    async with database.across_tenants(reason="as the control plane forgets") as tx:
        assert await reading.forget_old(tx, days=14, most=10) == 1
        assert await reading.forget_old(tx, days=14, most=10) == 0
    assert [span.span_id for span in await read(database, tenant)] == [f"{2:016x}"]


class _Collector(BaseHTTPRequestHandler):
    taken: ClassVar[list[ExportTraceServiceRequest]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.taken.append(ExportTraceServiceRequest.FromString(body))
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Not on the test's output."""


@pytest.fixture
def collector() -> Iterator[str]:
    """Where a collector takes OTLP over HTTP."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1/traces"
    server.shutdown()
    server.server_close()


async def test_spans_are_exported_by_otlp_as_they_were(
    scratch: ScratchDatabase, database: Database, collector: str
) -> None:
    tenant, buffer = Tenant().create(scratch), SpanBuffer()
    buffer.add(a_span(1, tenant.tenant_id, kind=RecordedKind.CLIENT))
    buffer.add(a_span(2, None, service="another", status=SpanStatus.ERROR))
    keeper = SpanKeeper(database, spans=buffer, export=OtlpExport(OTLPSpanExporter(endpoint=collector)))
    await keeper.close()
    by_service = {
        resource.resource.attributes[0].value.string_value
        if resource.resource.attributes[0].key == "service.name"
        else next(a.value.string_value for a in resource.resource.attributes if a.key == "service.name"): span
        for request in _Collector.taken
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    }
    assert set(by_service) == {"tests", "another"}
    first, second = by_service["tests"], by_service["another"]
    assert (first.trace_id.hex(), first.span_id.hex(), first.name) == (TRACE, f"{1:016x}", "span 1")
    assert (first.start_time_unix_nano, first.end_time_unix_nano) == (
        _STARTED + _SECOND,
        _STARTED + _SECOND + 1_500_000,
    )
    assert {a.key: a.value.string_value for a in first.attributes} == {
        "lockstep.step.name": "count",
        "lockstep.tenant_id": str(tenant.tenant_id),
    }
    assert second.parent_span_id.hex() == f"{1:016x}"
    assert second.status.code == 2
