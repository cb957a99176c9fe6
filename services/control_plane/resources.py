"""What the control plane holds open while it runs, for every use case that needs more than a transaction."""

from dataclasses import dataclass, field

from control_plane.gateway_client.client import GatewayClient
from control_plane.identity.callers import Callers
from control_plane.requests.estimate_turns import EstimateTurns
from control_plane.settings import ControlPlaneSettings
from control_plane.streams.holdings import Streams
from foundation.cloud.objects.base import ObjectStore
from foundation.cloud.presence.base import Presence
from foundation.storage.session.database import Database


@dataclass(frozen=True, slots=True)
class AppResources:
    """What the app holds open while it runs."""

    settings: ControlPlaneSettings
    database: Database
    objects: ObjectStore
    callers: Callers
    gateway: GatewayClient
    presence: Presence
    streams: Streams
    estimate_turns: EstimateTurns = field(default_factory=EstimateTurns)
