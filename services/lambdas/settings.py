"""The functions' settings, read from their environment."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class LambdaSettings(BaseSettings):
    """Read from `LOCKSTEP_…` when an execution environment answers its first call."""

    model_config = SettingsConfigDict(env_prefix="LOCKSTEP_")

    log_level: str = Field(default="INFO")
