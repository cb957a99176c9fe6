"""The addresses of the running stack, from the variables of `.local/env`."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class BenchSettings(BaseSettings):
    """Read from the environment; all passwords are those of the local stack."""

    model_config = SettingsConfigDict(env_prefix="LOCKSTEP_", extra="ignore")

    api_url: str
    token: SecretStr = Field(description="the sample owner's access token")
    gateway_url: str
    launcher_url: str
    issuer: str = Field(default="http://127.0.0.1:8080")
    audience: str = Field(default="lockstep-local")
    port_worker_health: int = Field(default=8084)
    database_url: SecretStr = Field(validation_alias="DATABASE_URL", description="the local superuser")
    orchestrator_url: SecretStr = Field(validation_alias="DATABASE_URL_ORCHESTRATOR", description="its own login")
    relay_url: SecretStr = Field(validation_alias="DATABASE_URL_RELAY", description="its own login")
    redis_url: SecretStr = Field(validation_alias="REDIS_URL")
    state_machine_arn: str
    launcher_metrics_url: str
    workflow_url: str = Field(validation_alias="AWS_ENDPOINT_URL")
