"""Where a trigger is called, and its secret as its owner is shown it."""

import base64

from control_plane.integrations.triggers.signed_calls import SECRET_PREFIX
from control_plane.webhook_sending.signatures import WebhookSecrets
from foundation.domain.ids import TenantId, TriggerId

CALLS_PATH = "/trigger-calls"


def path_of(tenant_id: TenantId, trigger_id: TriggerId) -> str:
    """It names the tenant, so that no table has to be searched for all tenants before a signature is checked."""
    return f"/api/v1{CALLS_PATH}/{tenant_id}/{trigger_id}"


def shown_secret(secrets: WebhookSecrets, tenant_id: TenantId, trigger_id: TriggerId, version: int) -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.of_trigger(tenant_id, trigger_id, version)).decode()
