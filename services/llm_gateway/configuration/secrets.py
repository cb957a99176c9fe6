"""The gateway's secrets: from the settings where they have them, else by their names from Secrets Manager."""

from foundation.cloud.clients import Clients
from foundation.cloud.secrets import find_secret, read_secret
from llm_gateway.configuration.file import ProviderConfig
from llm_gateway.settings import GatewaySettings


class GatewaySecrets:
    def __init__(self, clients: Clients, settings: GatewaySettings) -> None:
        self._clients = clients
        self._settings = settings

    async def service_public_keys(self) -> str:
        given = self._settings.service_public_keys
        return await self._ours("service-public-keys") if given is None else given

    async def replay_key(self) -> str:
        given = self._settings.replay_key
        return await self._ours("replay-key") if given is None else given.get_secret_value()

    async def key_of(self, provider: str, about: ProviderConfig) -> str | None:
        """A provider's key; None where it has none. Read again whenever the file is."""
        settings = self._settings
        given = {"openai": settings.openai_api_key, "anthropic": settings.anthropic_api_key}.get(provider)
        if given is not None:
            return given.get_secret_value()
        return await find_secret(await self._clients.secretsmanager(), about.secret) if about.secret else None

    async def _ours(self, name: str) -> str:
        return await read_secret(await self._clients.secretsmanager(), f"lockstep/{name}")
