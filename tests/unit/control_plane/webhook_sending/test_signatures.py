"""A secret belongs to one webhook and one rotation, and what is signed with it is what the standard says."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from uuid import UUID

import pytest

from control_plane.webhook_sending.signatures import WebhookSecrets, message_id
from foundation.domain.ids import DeliveryId, TenantId, WebhookId

KEY = base64.b64encode(bytes(range(32))).decode()
TENANT, WEBHOOK = TenantId(UUID(int=1)), WebhookId(UUID(int=2))
AT = datetime(2026, 11, 29, 18, 0, tzinfo=UTC)


def test_a_message_is_signed_over_its_id_its_time_and_its_body_once_for_each_secret() -> None:
    secrets = WebhookSecrets(KEY)
    header = secrets.signed(TENANT, WEBHOOK, [3, 2], of="msg_1", at=AT, body=b"{}")

    def expected(version: int) -> str:
        secret = secrets.secret(TENANT, WEBHOOK, version)
        assert secret.startswith("whsec_")
        key = base64.b64decode(secret.removeprefix("whsec_"))
        assert len(key) == 32
        content = f"msg_1.{int(AT.timestamp())}.".encode() + b"{}"
        return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()

    assert header == f"{expected(3)} {expected(2)}"


def test_every_tenant_webhook_and_rotation_has_a_secret_of_its_own() -> None:
    secrets, others = WebhookSecrets(KEY), WebhookSecrets(base64.b64encode(bytes(32)).decode())
    found = {
        secrets.secret(TENANT, WEBHOOK, 1),
        secrets.secret(TENANT, WEBHOOK, 2),
        secrets.secret(TENANT, WebhookId(UUID(int=3)), 1),
        secrets.secret(TenantId(UUID(int=2)), WEBHOOK, 1),
        others.secret(TENANT, WEBHOOK, 1),
    }
    assert len(found) == 5
    assert secrets.secret(TENANT, WEBHOOK, 1) == WebhookSecrets(KEY).secret(TENANT, WEBHOOK, 1)


@pytest.mark.parametrize("key", [base64.b64encode(bytes(31)).decode(), "not base64!", ""])
def test_a_key_that_is_too_short_or_none_is_refused(key: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # by base64, or by us
        WebhookSecrets(key)


def test_a_message_is_known_by_its_delivery() -> None:
    assert message_id(DeliveryId(UUID(int=255))) == "msg_000000000000000000000000000000ff"
