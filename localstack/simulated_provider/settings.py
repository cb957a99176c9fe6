"""Where the simulated provider listens, where its scripts are, and where it keeps its invoice."""

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class SimulatedProviderSettings(BaseSettings):
    """Read from `LOCKSTEP_SIMULATED_…`."""

    model_config = SettingsConfigDict(env_prefix="LOCKSTEP_SIMULATED_", frozen=True)

    host: str = Field(default="127.0.0.1", description="the address to listen on")
    port: int = Field(default=8083, ge=0, le=65535, description="the port to listen on")
    scripts: str = Field(
        default="", description="folders of <model>.yaml scripts, as in PATH; none: all answers come from the prompt"
    )
    invoice: Path = Field(default=Path(".local/simulated_provider"), description="folder of the append-only invoice")
    chunk_delay: float = Field(default=0.0, ge=0, le=10, description="seconds between two chunks of a stream")
    fsync: bool = Field(default=True, description="whether a line of the invoice is on the disk before its answer ends")

    def script_folders(self) -> list[Path]:
        return [Path(folder) for folder in self.scripts.split(os.pathsep) if folder]
