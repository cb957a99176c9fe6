"""The functions' settings, read from their environment."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class LambdaSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="LOCKSTEP_")

    environment: str = Field(default="local", description="local, test or the deployment's name")
    log_level: str = Field(default="INFO")
