"""Answers are kept sealed for one tenant and one call, and come back byte for byte or not at all."""

import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from foundation.cloud.objects.fake import FakeObjectStore
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.ids import TenantId, new_uuid
from llm_gateway.replays.vault import (
    INLINE_BYTES,
    AnswerVault,
    ReplayKeyInvalid,
    StoredAnswer,
    StoredAnswerDamaged,
    StoredReplay,
)

TENANT, OTHER = TenantId(new_uuid()), TenantId(new_uuid())
KEY = base64.b64encode(b"k" * 32).decode()
ANSWER = StoredAnswer(200, "application/json", b'{"answer": 1}', (("x-lockstep-cost", "0.1"),))
LARGE = StoredAnswer(200, "text/event-stream", b"data: 1\n\n" * INLINE_BYTES)


class Rows:
    """The rows of `llm_replays` by tenant and call key, and each tenant's salt."""

    def __init__(self) -> None:
        self.stored: dict[tuple[TenantId, str], dict[str, Any]] = {}
        self.salts: dict[TenantId, bytes] = {TENANT: b"one", OTHER: b"two"}
        self.transactions = 0

    @asynccontextmanager
    async def tenant(self, tenant_id: TenantId) -> AsyncIterator[Any]:
        self.transactions += 1

        async def execute(statement: Any, values: Mapping[str, Any] | None = None) -> Any:
            return self._execute(tenant_id, str(statement), dict(values or {}))

        yield SimpleNamespace(execute=execute)

    @asynccontextmanager
    async def across_tenants(self, *, reason: str) -> AsyncIterator[Any]:
        assert reason

        async def execute(_: Any, values: Mapping[str, Any]) -> Any:
            now = datetime.now(UTC)
            over = [name for name, row in self.stored.items() if row["expires_at"] and row["expires_at"] <= now]
            gone = [self.stored.pop(name)["object_key"] for name in over[: values["most"]]]
            return SimpleNamespace(scalars=lambda: gone)

        yield SimpleNamespace(execute=execute)

    def _execute(self, tenant_id: TenantId, statement: str, values: dict[str, Any]) -> Any:
        if "replay_salt" in statement:
            return SimpleNamespace(scalar_one=lambda: self.salts[tenant_id])
        if statement.startswith("INSERT"):
            name = (tenant_id, str(values["call_key"]))
            is_new = name not in self.stored
            self.stored.setdefault(name, values | {"expires_at": values.get("expires_at")})
            return SimpleNamespace(first=lambda: (True,) if is_new else None, rowcount=int(is_new))
        found = self.stored.get((tenant_id, values["call_key"]))
        if found is None:
            return SimpleNamespace(mappings=list)
        shown = {name: value for name, value in found.items() if name not in {"tenant_id", "expires_at"}}
        return SimpleNamespace(mappings=lambda: [shown | {"headers": json.loads(shown["headers"])}])


def a_vault(rows: Rows, objects: FakeObjectStore | None = None, *, key: str = KEY) -> AnswerVault:
    database: Any = rows
    return AnswerVault(database, objects, key=key)


async def store(
    vault: AnswerVault, answer: StoredAnswer = ANSWER, *, call_key: str = "call", kept: timedelta | None = None
) -> bool:
    return await vault.store(
        TENANT, call_key, fingerprint=b"print", event_id=new_uuid(), answer=answer, remembered_for=kept
    )


@pytest.mark.parametrize("answer", [ANSWER, LARGE], ids=["in its row", "in the bucket"])
async def test_an_answer_comes_back_byte_for_byte_in_another_gateway(answer: StoredAnswer) -> None:
    rows, objects = Rows(), FakeObjectStore()
    assert await store(a_vault(rows, objects), answer)
    assert await a_vault(rows, objects).find(TENANT, "call") == StoredReplay(answer, b"print")


async def test_the_first_answer_of_a_call_is_kept() -> None:
    rows = Rows()
    vault = a_vault(rows)
    assert await store(vault)
    assert not await store(vault, StoredAnswer(200, "application/json", b"another"))
    found = await vault.find(TENANT, "call")
    assert found is not None
    assert found.answer == ANSWER


async def test_what_was_never_stored_is_not_found_nor_by_another_tenant() -> None:
    rows = Rows()
    vault = a_vault(rows)
    await store(vault)
    assert await vault.find(TENANT, "another call") is None
    assert await vault.find(OTHER, "call") is None


async def test_neither_row_nor_bucket_has_the_answer_in_the_clear() -> None:
    rows, objects = Rows(), FakeObjectStore()
    vault = a_vault(rows, objects)
    await store(vault)
    await store(vault, LARGE, call_key="large")
    row, large = rows.stored[TENANT, "call"], rows.stored[TENANT, "large"]
    assert ANSWER.body not in row["body"]
    assert large["body"] is None
    assert LARGE.body[:100] not in await objects.get(large["object_key"])


@pytest.mark.parametrize("moved_to", [(TENANT, "another call"), (OTHER, "call")], ids=["call", "tenant"])
async def test_an_answer_that_is_moved_to_another_call_or_tenant_does_not_open(moved_to: tuple[TenantId, str]) -> None:
    rows = Rows()
    vault = a_vault(rows)
    await store(vault)
    rows.salts[OTHER] = rows.salts[TENANT]
    rows.stored[moved_to] = rows.stored[TENANT, "call"]
    with pytest.raises(StoredAnswerDamaged, match="cannot be decrypted"):
        await vault.find(*moved_to)


async def test_another_salt_or_key_opens_nothing() -> None:
    rows = Rows()
    await store(a_vault(rows))
    with pytest.raises(StoredAnswerDamaged):
        await a_vault(rows, key=base64.b64encode(b"l" * 32).decode()).find(TENANT, "call")
    rows.salts[TENANT] = b"another"
    with pytest.raises(StoredAnswerDamaged):
        await a_vault(rows).find(TENANT, "call")


async def test_bytes_that_are_not_those_of_the_digest_are_not_answered() -> None:
    rows = Rows()
    vault = a_vault(rows)
    await store(vault)
    rows.stored[TENANT, "call"]["sha256"] = b"another"
    with pytest.raises(StoredAnswerDamaged, match="has changed") as damaged:
        await vault.find(TENANT, "call")
    assert not damaged.value.retryable


async def test_a_large_answer_needs_the_bucket_on_both_ways() -> None:
    rows = Rows()
    with pytest.raises(DependencyUnavailable, match="not configured"):
        await store(a_vault(rows), LARGE)
    assert rows.stored == {}
    await store(a_vault(rows, FakeObjectStore()), LARGE)
    with pytest.raises(DependencyUnavailable, match="not configured"):
        await a_vault(rows).find(TENANT, "call")


async def test_what_has_expired_is_deleted_from_rows_and_bucket() -> None:
    rows, objects = Rows(), FakeObjectStore()
    vault = a_vault(rows, objects)
    await store(vault, call_key="of a run")
    await store(vault, call_key="lasting", kept=timedelta(hours=24))
    await store(vault, LARGE, call_key="over", kept=timedelta(seconds=-1))
    large = rows.stored[TENANT, "over"]["object_key"]
    assert await vault.forget_expired() == 1
    assert {name for _, name in rows.stored} == {"of a run", "lasting"}
    assert await objects.size(large) is None


async def test_a_tenants_key_is_derived_once() -> None:
    rows = Rows()
    vault = a_vault(rows)
    first = await vault.cipher_of(TENANT)
    assert await vault.cipher_of(TENANT) is first
    assert rows.transactions == 1


@pytest.mark.parametrize("key", ["not base64!", base64.b64encode(b"short").decode()])
def test_a_key_that_is_none_is_refused_at_the_start(key: str) -> None:
    with pytest.raises(ReplayKeyInvalid):
        a_vault(Rows(), key=key)
