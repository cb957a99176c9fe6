"""What operators have published over the gateway's files, as PostgreSQL has it."""

from foundation.storage.limits import gateway_configurations
from foundation.storage.session.database import Database
from llm_gateway.configuration.loading import Published


class Publications:
    """Asked every second, it reads a document once: none ever changes, and one may be as large as 256 KiB."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._served: Published | None = None

    async def read(self) -> Published | None:
        """The version that is served; None for the files alone. `DependencyUnavailable` while the database is away."""
        async with self._database.across_tenants(reason="what operators publish belongs to no tenant") as tx:
            version = await gateway_configurations.active_version(tx)
            if version is None:
                self._served = None
            elif self._served is None or self._served.version != version:
                self._served = Published(version, await gateway_configurations.document_of(tx, version))
        return self._served
