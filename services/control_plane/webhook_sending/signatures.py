"""Secrets of webhooks, and what is signed with them, as https://www.standardwebhooks.com says.

A secret is derived from the platform's key and stored nowhere, so that the database alone signs nothing.
"""

import base64
import hashlib
import hmac
from datetime import datetime

from foundation.domain.ids import DeliveryId, TenantId, TriggerId, WebhookId

_PREFIX = "whsec_"


class WebhookSecrets:
    """Knows every webhook's secrets; `key` is the platform's, 32 bytes in base64."""

    def __init__(self, key: str) -> None:
        self._key = base64.b64decode(key, validate=True)
        if len(self._key) < 32:  # noqa: PLR2004
            raise ValueError("the key of webhooks has at least 32 bytes")

    def secret(self, tenant_id: TenantId, webhook_id: WebhookId, version: int) -> str:
        """As its owner is shown it, once."""
        return _PREFIX + base64.b64encode(self._raw(tenant_id, webhook_id, version)).decode()

    def signed(
        self, tenant_id: TenantId, webhook_id: WebhookId, versions: list[int], *, of: str, at: datetime, body: bytes
    ) -> str:
        """The header `webhook-signature`: one signature a secret, parted by blanks."""
        content = f"{of}.{int(at.timestamp())}.".encode() + body
        signatures = (
            hmac.digest(self._raw(tenant_id, webhook_id, version), content, hashlib.sha256) for version in versions
        )
        return " ".join(f"v1,{base64.b64encode(signature).decode()}" for signature in signatures)

    def of_trigger(self, tenant_id: TenantId, trigger_id: TriggerId, version: int) -> bytes:
        """The secret of a trigger, which signs what comes in; no webhook's is the same."""
        return hmac.digest(self._key, f"trigger {tenant_id} {trigger_id} {version}".encode(), hashlib.sha256)

    def key_for(self, purpose: str) -> bytes:
        """The key of something else that the platform signs; no webhook's or trigger's secret is the same."""
        return hmac.digest(self._key, f"key for {purpose}".encode(), hashlib.sha256)

    def _raw(self, tenant_id: TenantId, webhook_id: WebhookId, version: int) -> bytes:
        return hmac.digest(self._key, f"webhook {tenant_id} {webhook_id} {version}".encode(), hashlib.sha256)


def message_id(delivery_id: DeliveryId) -> str:
    """The header `webhook-id`: the same at each attempt, so that a receiver knows a message again."""
    return f"msg_{delivery_id.hex}"
