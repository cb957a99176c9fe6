"""Stores answers to calls with a key, encrypted, before their last byte leaves, and reads them byte for byte.

Each tenant's key is derived from the gateway's key and from a salt in the tenant's row: when the tenant is deleted,
nobody can read its answers any more, wherever copies of them are.
"""

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from cachetools import LRUCache
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from foundation.cloud.objects.base import ObjectStore
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.ids import TenantId
from foundation.storage.ledger.llm_replays import SealedAnswer, find_answer, forget_expired, store_answer, tenant_salt
from foundation.storage.session.database import Database

INLINE_BYTES = 64 * 1024
"""Answers above this size are stored in S3 and not in their row."""
_KEY_BYTES = 32
_NONCE_BYTES = 12
_MOST_CIPHERS = 10_000
_EXPIRED_AT_ONCE = 500
_SET_BUCKET = "have LOCKSTEP_ARTIFACTS_BUCKET set, or send the call without a key"


class ReplayKeyInvalid(Exception):
    """The key is not 32 bytes in base64."""


class StoredAnswerDamaged(DependencyUnavailable):
    """The stored bytes have changed since they were stored, or do not decrypt."""

    code = "stored_answer_damaged"
    retryable = False
    usual_remedy = "send the call under another key"


class StoredAnswer(msgspec.Struct, frozen=True):
    """An answer exactly as it was sent to its caller."""

    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    """The headers that a replay repeats."""


@dataclass(frozen=True, slots=True)
class StoredReplay:
    """A stored answer, and the digest of the request that it answers."""

    answer: StoredAnswer
    fingerprint: bytes


class AnswerVault:
    """Stores and finds answers by tenant and call key, encrypted; large ones are in the object store."""

    def __init__(self, database: Database, objects: ObjectStore | None, *, key: str) -> None:
        try:
            secret = base64.b64decode(key, validate=True)
        except binascii.Error as error:
            raise ReplayKeyInvalid("the replay key is not base64") from error
        if len(secret) != _KEY_BYTES:
            raise ReplayKeyInvalid("the replay key is not 32 bytes long")
        self._secret = secret
        self._ciphers: LRUCache[TenantId, AESGCM] = LRUCache(_MOST_CIPHERS)
        self._database = database
        self._objects = objects

    async def find(self, tenant_id: TenantId, call_key: str) -> StoredReplay | None:
        """The stored answer to a call; `DependencyUnavailable` when it is unknown whether there is one."""
        async with self._database.tenant(tenant_id) as tx:
            stored = await find_answer(tx, call_key)
            salt = await tenant_salt(tx) if stored is not None else b""
        if stored is None:
            return None
        sealed = stored.body
        if sealed is None:
            if self._objects is None or stored.object_key is None:
                raise DependencyUnavailable(
                    "the stored answer is in a bucket that is not configured", remedy=_SET_BUCKET
                )
            sealed = await self._objects.get(stored.object_key)
        try:
            cipher = self._cipher(tenant_id, salt)
            body = cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound_to(tenant_id, call_key))
        except InvalidTag as error:
            raise StoredAnswerDamaged("the stored answer cannot be decrypted") from error
        if hashlib.sha256(body).digest() != stored.sha256:
            raise StoredAnswerDamaged("the stored answer has changed")
        headers = {name: str(value) for name, value in stored.headers.items()}
        kind = headers.pop("content-type", "")
        answer = StoredAnswer(stored.http_status, kind, body, tuple(headers.items()))
        return StoredReplay(answer, stored.fingerprint)

    async def store(
        self,
        tenant_id: TenantId,
        call_key: str,
        *,
        fingerprint: bytes,
        event_id: UUID,
        answer: StoredAnswer,
        remembered_for: timedelta | None = None,
    ) -> bool:
        """Keep an answer; False when the call has another one already."""
        nonce = os.urandom(_NONCE_BYTES)
        cipher = await self.cipher_of(tenant_id)
        sealed = nonce + cipher.encrypt(nonce, answer.body, _bound_to(tenant_id, call_key))
        object_key = None
        if len(sealed) > INLINE_BYTES:
            if self._objects is None:
                raise DependencyUnavailable("the bucket for large answers is not configured", remedy=_SET_BUCKET)
            object_key = f"replays/{tenant_id}/{event_id}"
            await self._objects.put(object_key, sealed)
        sealed_answer = SealedAnswer(
            call_key=call_key,
            fingerprint=fingerprint,
            event_id=event_id,
            http_status=answer.status,
            headers={"content-type": answer.content_type, **dict(answer.headers)},
            body=sealed if object_key is None else None,
            object_key=object_key,
            size=len(answer.body),
            sha256=hashlib.sha256(answer.body).digest(),
            expires_at=None if remembered_for is None else datetime.now(UTC) + remembered_for,
        )
        async with self._database.tenant(tenant_id) as tx:
            return await store_answer(tx, tenant_id, sealed_answer)

    async def forget_expired(self) -> int:
        """Delete expired answers to callers' own keys, of all tenants; returns how many."""
        async with self._database.across_tenants(reason="stored answers have expired") as tx:
            expired = await forget_expired(tx, most=_EXPIRED_AT_ONCE)
        if self._objects is not None:
            for object_key in filter(None, expired):
                await self._objects.delete(object_key)
        return len(expired)

    async def cipher_of(self, tenant_id: TenantId) -> AESGCM:
        """The tenant's cipher."""
        return self._ciphers.get(tenant_id) or await self._fetch_cipher(tenant_id)

    async def _fetch_cipher(self, tenant_id: TenantId) -> AESGCM:
        async with self._database.tenant(tenant_id) as tx:
            return self._cipher(tenant_id, await tenant_salt(tx))

    def _cipher(self, tenant_id: TenantId, salt: bytes) -> AESGCM:
        if (known := self._ciphers.get(tenant_id)) is not None:
            return known
        key = HKDF(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=salt, info=b"stored answers").derive(self._secret)
        cipher = self._ciphers[tenant_id] = AESGCM(key)
        return cipher


def _bound_to(tenant_id: TenantId, call_key: str) -> bytes:
    """Ties the ciphertext to its row: an answer moved to another call or tenant does not decrypt."""
    return f"{tenant_id}|{call_key}".encode()
