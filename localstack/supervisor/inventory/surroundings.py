"""The addresses, logins and names that processes get as environment variables, each only those that it needs."""

from supervisor.clouds.cloud import Cloud
from supervisor.databases import passwords
from supervisor.databases.passwords import LOGINS
from supervisor.databases.postgres import Postgres
from supervisor.settings import Settings, inherited_environment


class Surroundings:
    """What is known of one stack before its processes start, and what a service has minted since."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.passwords = passwords.load_or_create(settings.paths.passwords)
        self.cloud = Cloud(settings)
        self.public_keys_file = settings.paths.run / "service-public-keys.json"
        self.tenant_secret_keys_file = settings.paths.run / "tenant-secret-keys.json"
        # Variables that a service makes after its start: the tokens of the sample tenant.
        self.minted: dict[str, str] = {}
        self.postgres = Postgres(data=settings.paths.postgres, port=settings.port_postgres, passwords=self.passwords)

    def plain(self) -> dict[str, str]:
        return inherited_environment()

    @property
    def redis_url(self) -> str:
        return f"redis://:{self.passwords['redis']}@127.0.0.1:{self.settings.port_redis}/0"

    def redis(self) -> dict[str, str]:
        return {"LOCKSTEP_REDIS_URL": self.redis_url}

    def database(self, own: str, *others: str) -> dict[str, str]:
        """The database as a service's own login, and as the logins of background work that it hosts."""
        return {
            "LOCKSTEP_DATABASE_URL": self.postgres.url(own),
            **{f"LOCKSTEP_DATABASE_URL_{login.upper()}": self.postgres.url(login) for login in others},
        }

    def cloud_names(self) -> dict[str, str]:
        return {**self.cloud.environment(), **self.cloud.names()}

    @property
    def issuer(self) -> str:
        """In the local stack the control plane itself issues users' tokens."""
        return self.neighbours()["LOCKSTEP_API_URL"]

    def neighbours(self) -> dict[str, str]:
        settings = self.settings
        return {
            "LOCKSTEP_API_URL": f"http://127.0.0.1:{settings.port_control_plane}",
            "LOCKSTEP_GATEWAY_URL": f"http://127.0.0.1:{settings.port_gateway}",
            "LOCKSTEP_LAUNCHER_URL": f"http://127.0.0.1:{settings.port_launcher}",
            "LOCKSTEP_SIMULATED_PROVIDER_URL": f"http://127.0.0.1:{settings.port_simulated_provider}",
        }

    def metrics_urls(self) -> dict[str, str]:
        """The address of each service's `/metrics`, which only this machine can reach."""
        settings = self.settings
        ports = {
            "API": settings.port_control_plane,
            "GATEWAY": settings.port_gateway,
            "LAUNCHER": settings.port_launcher,
            "WORKER": settings.port_worker_health,
        }
        above = settings.port_metrics_above
        return {
            f"LOCKSTEP_{name}_METRICS_URL": f"http://127.0.0.1:{port + above}/metrics" for name, port in ports.items()
        }

    def of_lambdas(self) -> dict[str, str]:
        """The variables of lambdas, without the other addresses of AWS, which LocalStack adds itself."""
        endpoints = self.cloud.environment()
        return {
            **self.database("lambdas"),
            **self.cloud.names(),
            **{name: endpoints[name] for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_SECRETS_MANAGER")},
        }

    def for_a_shell(self) -> dict[str, str]:
        """The variables in `.local/env`, for any shell, test or tool."""
        return {
            "LOCKSTEP_ENVIRONMENT": "local",
            "DATABASE_URL": self.postgres.url(),
            **{f"DATABASE_URL_{login.upper()}": self.postgres.url(login) for login in LOGINS},
            "REDIS_URL": self.redis_url,
            **self.cloud_names(),
            **self.neighbours(),
            **self.metrics_urls(),
            "LOCKSTEP_ISSUER": self.issuer,
            "LOCKSTEP_SANDBOX_ROOT": str(self.settings.sandbox_root),
            **self.minted,
        }
