"""What the control plane holds open while it runs, for every use case that needs more than a transaction."""

from dataclasses import dataclass, field

from control_plane.gateway_client.client import GatewayClient
from control_plane.identity.callers import Callers
from control_plane.identity.deletion_certificates import DeletionCertificates
from control_plane.requests.failed_attempts import FailedAttempts
from control_plane.requests.rates.limits import RequestLimits
from control_plane.requests.turns.estimate_turns import EstimateTurns
from control_plane.requests.turns.start_turns import StartTurns
from control_plane.settings import ControlPlaneSettings
from control_plane.streams.holdings import Streams
from control_plane.webhook_sending.signatures import WebhookSecrets
from foundation.cloud.objects.base import ObjectStore
from foundation.cloud.presence.base import Presence
from foundation.contracts.egress.sealing import Sealer
from foundation.domain.people.api_keys import Peppers
from foundation.storage.people.call_rows import CallRows
from foundation.storage.session.database import Database


@dataclass(frozen=True, slots=True)
class AppResources:
    """What the app holds open while it runs."""

    settings: ControlPlaneSettings
    database: Database
    objects: ObjectStore
    callers: Callers
    peppers: Peppers
    gateway: GatewayClient
    presence: Presence
    streams: Streams
    sealer: Sealer
    webhook_secrets: WebhookSecrets
    certificates: DeletionCertificates
    rates: RequestLimits
    call_rows: CallRows
    estimate_turns: EstimateTurns = field(default_factory=EstimateTurns)
    start_turns: StartTurns = field(default_factory=StartTurns)
    failed_attempts: FailedAttempts = field(default_factory=FailedAttempts)
