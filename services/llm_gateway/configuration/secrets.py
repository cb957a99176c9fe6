"""The gateway's secrets: from the settings where they have them, else by their names from Secrets Manager."""

from foundation.cloud.clients import Clients
from foundation.cloud.secrets import find_secret, read_secret
from foundation.domain.people.api_keys import Peppers
from llm_gateway.configuration.file import KeyReference
from llm_gateway.settings import GatewaySettings, key_in_environment


class GatewaySecrets:
    """Reads each secret of the gateway from its settings, or else from Secrets Manager."""

    def __init__(self, clients: Clients, settings: GatewaySettings) -> None:
        self._clients = clients
        self._settings = settings

    async def service_public_keys(self) -> str:
        given = self._settings.service_public_keys
        return await self._ours("service-public-keys") if given is None else given

    async def replay_key(self) -> str:
        given = self._settings.replay_key
        return await self._ours("replay-key") if given is None else given.get_secret_value()

    async def api_key_peppers(self) -> Peppers:
        given = self._settings.api_key_peppers
        return Peppers.parse(await self._ours("api-key-peppers") if given is None else given.get_secret_value())

    async def key_of(self, reference: KeyReference) -> str | None:
        """A provider's key; None or empty where there is none. Read again whenever the files are."""
        if reference.env is not None and (given := key_in_environment(reference.env)) is not None:
            return given
        if reference.secret is None:
            return None
        return await find_secret(await self._clients.secretsmanager(), reference.secret)

    async def _ours(self, name: str) -> str:
        return await read_secret(await self._clients.secretsmanager(), f"lockstep/{name}")
