"""AWS clients that live as long as the process; the SDK's own variables choose region, credentials and endpoints."""

from contextlib import AsyncExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

import aioboto3
from aiobotocore.config import AioConfig

if TYPE_CHECKING:
    from types_aiobotocore_ecs import ECSClient
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_scheduler import EventBridgeSchedulerClient
    from types_aiobotocore_secretsmanager import SecretsManagerClient
    from types_aiobotocore_sqs import SQSClient
    from types_aiobotocore_stepfunctions import SFNClient

_CONFIG = AioConfig(
    connect_timeout=3,
    read_timeout=30,
    retries={"mode": "standard", "max_attempts": 3},
    max_pool_connections=50,
)
# Calls that ECS answers with "slower" are spaced out by the SDK itself, which learns the rate.
_PATIENT_CONFIG = _CONFIG.merge(AioConfig(retries={"mode": "adaptive", "max_attempts": 5}))
# Path style, because locally a bucket has no host name of its own; signed with version 4, as presigned forms need it.
_S3_CONFIG = _CONFIG.merge(AioConfig(signature_version="s3v4", s3={"addressing_style": "path"}))


class Clients:
    """Each call opens a client of its own; leaving the context closes all of them in reverse."""

    def __init__(self) -> None:
        self._session = aioboto3.Session()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def ecs(self) -> "ECSClient":
        return await self._stack.enter_async_context(self._session.client("ecs", config=_PATIENT_CONFIG))

    async def sqs(self) -> "SQSClient":
        return await self._stack.enter_async_context(self._session.client("sqs", config=_CONFIG))

    async def stepfunctions(self) -> "SFNClient":
        return await self._stack.enter_async_context(self._session.client("stepfunctions", config=_CONFIG))

    async def scheduler(self) -> "EventBridgeSchedulerClient":
        return await self._stack.enter_async_context(self._session.client("scheduler", config=_CONFIG))

    async def s3(self) -> "S3Client":
        return await self._stack.enter_async_context(self._session.client("s3", config=_S3_CONFIG))

    async def secret_key(self) -> str | None:
        """The secret of the credentials that every client signs with now."""
        credentials = await self._session.get_credentials()  # type: ignore[misc]  # the stubs are those of the blocking SDK
        return (await credentials.get_frozen_credentials()).secret_key if credentials else None

    async def secretsmanager(self) -> "SecretsManagerClient":
        return await self._stack.enter_async_context(self._session.client("secretsmanager", config=_CONFIG))
