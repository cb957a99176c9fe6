"""What is done to the LocalStack process with S3 and secrets: its stack is deployed, its content restored and saved."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.names import local_names
from infra.secret_values import put_missing_values
from supervisor.clouds.cloud import Cloud
from supervisor.clouds.objects_state import ObjectsState
from supervisor.clouds.publisher import publish
from supervisor.clouds.synthesis import Synthesis
from supervisor.private_files import write_private

LOG = logging.getLogger(__name__)
# If LocalStack crashes, what was written within about this time is lost.
_EXPORT_INTERVAL_SECONDS = 1.0


class Objects:
    """The steps of that process's start and stop; `state` is the folder that outlives it.

    `key_files` get the secrets of these names, for processes that have no access to the cloud.
    """

    def __init__(
        self, *, cloud: Cloud, synthesis: Synthesis, state: Path, writes_file: Path, key_files: Mapping[str, Path]
    ) -> None:
        self._cloud = cloud
        self._synthesis = synthesis
        self._state = ObjectsState(state)
        self._writes_file = writes_file
        self._key_files = key_files
        self._exported_at = 0.0
        self._ready = False
        self._exporter: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()

    def forget(self) -> None:
        """Stop exporting until the next deployment, because LocalStack starts empty and the export would be too."""
        self._ready = False

    async def deploy(self) -> None:
        place = await self._synthesis.ensure()
        await asyncio.to_thread(self._deploy, place, first_time=not self._ready)
        self._ready = True
        if self._exporter is None:
            self._exporter = asyncio.create_task(self._keep_exporting(), name="export objects")

    def _deploy(self, place: Path, *, first_time: bool) -> None:
        publish(local_names().stack("storage"), place, lambda name: self._cloud.client(name, self._cloud.objects_url))
        secrets = self._cloud.client("secretsmanager", self._cloud.objects_url)
        if first_time:
            self._state.forget_versions()
            self._state.restore(self._cloud.client("s3", self._cloud.objects_url), secrets)
        put_missing_values(secrets)
        for name, file in self._key_files.items():
            write_private(file, secrets.get_secret_value(SecretId=name)["SecretString"])
        settings = self._cloud.settings
        for name, key in settings.provider_keys.items():
            if secret := settings.key_references[name]:
                _put_provider_key(secrets, secret, key)

    async def save(self) -> None:
        """Export for the last time before LocalStack is stopped."""
        if self._exporter:
            self._exporter.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._exporter
            self._exporter = None
        await self._export(last=True)

    async def _keep_exporting(self) -> None:
        pause = _EXPORT_INTERVAL_SECONDS
        while True:
            await asyncio.sleep(pause)
            started = time.monotonic()
            if self._ready and self._written_at() > self._exported_at:
                try:
                    await self._export()
                except (BotoCoreError, ClientError, OSError) as error:
                    LOG.warning("objects were not exported and will be tried again: %s", error)
            # Listing takes longer the more objects there are, so it may take a sixth of the time at most.
            pause = max(_EXPORT_INTERVAL_SECONDS, 5 * (time.monotonic() - started))

    async def _export(self, *, last: bool = False) -> None:
        async with self._one_at_a_time:
            written_at = self._written_at()
            await asyncio.to_thread(
                self._state.export,
                self._cloud.client("s3", self._cloud.objects_url),
                self._cloud.client("secretsmanager", self._cloud.objects_url),
                last=last,
            )
            self._exported_at = written_at

    def _written_at(self) -> float:
        return self._writes_file.stat().st_mtime if self._writes_file.exists() else 0.0


def _put_provider_key(client: Any, name: str, value: str) -> None:
    """Store the provider's key that the user has in the environment, in the place of an earlier one."""
    try:
        client.put_secret_value(SecretId=name, SecretString=value)
    except client.exceptions.ResourceNotFoundException:
        client.create_secret(Name=name, SecretString=value)
