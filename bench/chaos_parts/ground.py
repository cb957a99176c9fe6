"""The running stack as chaos sees it: the API as one tenant, the database as its superuser, Redis, and log files."""

from dataclasses import dataclass, field
from typing import Any, LiteralString

import httpx
import psycopg
import redis

from supervisor.settings import Paths
from support.settings import BenchSettings
from support.tenant import Tenant

_ANSWER_SECONDS = 6


@dataclass(slots=True)
class Ground:
    """`tenant` is used by nobody else."""

    settings: BenchSettings
    paths: Paths
    tenant: Tenant
    redis_url: str
    unanswered: int = 0
    _api: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        base = f"{self.settings.api_url}/api/v1"
        self._api = httpx.Client(base_url=base, headers=self.tenant.headers, timeout=_ANSWER_SECONDS)

    def ask(self, method: str, path: str, **of: Any) -> httpx.Response | None:
        """The answer; None when there was none, or one of a service that is not well (5xx, 429)."""
        try:
            answer = self._api.request(method, path, **of)
        except httpx.HTTPError:
            self.unanswered += 1
            return None
        if (
            answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR
            or answer.status_code == httpx.codes.TOO_MANY_REQUESTS
        ):
            self.unanswered += 1
            return None
        return answer

    def read(self, path: str, **of: Any) -> dict[str, Any] | None:
        """The document at this path; None when the API cannot be asked now."""
        answer = self.ask("GET", path, **of)
        return None if answer is None else dict(answer.raise_for_status().json())

    def rows(self, query: LiteralString, **values: Any) -> list[tuple[Any, ...]]:
        """All rows of a query, in which `%(tenant)s` is the tenant."""
        with psycopg.connect(self.settings.database_url.get_secret_value(), autocommit=True) as connection:
            return connection.execute(query, {"tenant": self.tenant.tenant_id, **values}).fetchall()

    def count(self, query: LiteralString) -> int:
        """The one number of a query."""
        ((number,),) = self.rows(query)
        return int(number)

    def redis(self) -> "redis.Redis":
        """A client that does not decode; close it."""
        return redis.Redis.from_url(self.redis_url, socket_timeout=2, socket_connect_timeout=2)

    def close(self) -> None:
        self._api.close()
