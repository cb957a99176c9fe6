"""Keeps the items of answers in Redis for a day, encrypted, up to a number of bytes for each tenant."""

import hashlib
import os
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from redis.asyncio import Redis
from redis.exceptions import RedisError

from foundation.domain.errors import DependencyUnavailable, LockstepError
from foundation.domain.ids import TenantId
from foundation.telemetry.logs import logger
from llm_gateway.budget.redis import keys
from llm_gateway.budget.redis.base import Script
from llm_gateway.budget.redis.runners.pooled import PooledRunner
from llm_gateway.items.answered import Item
from llm_gateway.replays.vault import AnswerVault

KEPT_SECONDS = 24 * 3600
MOST_BYTES = 16 * 1024 * 1024
"""Of one tenant."""
_MOST_BYTES_AN_ITEM = 1024 * 1024
_NONCE_BYTES = 12
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Item)
_log = logger(__name__)


class KeptItems:
    """The items of answers, by tenant and id, for a day."""

    def __init__(self, redis: Redis, vault: AnswerVault) -> None:
        self._redis = redis
        self._vault = vault
        self._runner = PooledRunner(redis)
        self._script = Script((files("llm_gateway.items") / "keep.lua").read_text())

    async def keep(self, tenant_id: TenantId, items: Sequence[Item]) -> None:
        """Never fails: an item that could not be kept is answered later as one that is not known."""
        kept = [item for item in items if len(item.raw) <= _MOST_BYTES_AN_ITEM]
        if not kept:
            return
        prefix = keys.items(keys.bucket_of(tenant_id), tenant_id)
        try:
            cipher = await self._vault.cipher_of(tenant_id)
            names = [_key(tenant_id, item.id) for item in kept]
            sealed = [_sealed(cipher, item, name) for item, name in zip(kept, names, strict=True)]
            script_keys = [prefix, f"{prefix}:bytes", *names]
            # text arguments cannot carry sealed bytes: the client encodes them as they are
            args: Sequence[str | int | bytes] = [KEPT_SECONDS, MOST_BYTES, *sealed]
            await self._runner.run(self._script, script_keys=script_keys, args=args)  # type: ignore[arg-type]
        except (RedisError, LockstepError) as error:
            _log.warning("the items of an answer are not kept", extra={"why": str(error), "tenant_id": str(tenant_id)})

    async def find(self, tenant_id: TenantId, ids: Sequence[str]) -> dict[str, Item]:
        """Those of these items that are known; `DependencyUnavailable` while Redis is away."""
        names = {_key(tenant_id, one): one for one in ids}
        try:
            values: list[Any] = await self._redis.mget(list(names))
        except RedisError as error:
            raise DependencyUnavailable(
                "the items that the request names cannot be looked up", retry_after=1
            ) from error
        cipher = await self._vault.cipher_of(tenant_id)
        items = {}
        for (name, item_id), value in zip(names.items(), values, strict=True):
            if value is None:
                continue
            try:
                plain = cipher.decrypt(value[:_NONCE_BYTES], value[_NONCE_BYTES:], name.encode())
            except InvalidTag:
                continue  # it was sealed under another replay key, and counts as not known
            items[item_id] = _decoder.decode(plain)
        return items


def _sealed(cipher: AESGCM, item: Item, name: str) -> bytes:
    """Tied to its key: an item that is moved to another tenant or name does not decrypt."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, _encoder.encode(item), name.encode())


def _key(tenant_id: TenantId, item_id: str) -> str:
    digest = hashlib.sha256(f"{tenant_id}:{item_id}".encode()).hexdigest()
    return f"{keys.prefix(keys.bucket_of(tenant_id))}item:{digest}"
