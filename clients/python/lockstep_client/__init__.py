"""The API of Lockstep: `Client` waits for each answer, `AsyncClient` is awaited."""

from lockstep_client.answers import Answer
from lockstep_client.async_client import AsyncClient
from lockstep_client.client import Client
from lockstep_client.device_login import DeviceLogin
from lockstep_client.events import StreamedText
from lockstep_client.pages import every, every_async
from lockstep_client.problems import (
    ApiError,
    BadRequest,
    Conflict,
    Fault,
    Forbidden,
    LockstepError,
    NotFound,
    PreconditionFailed,
    RunNotEnded,
    ServerFault,
    SignInRefused,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    Unprocessable,
    Unreachable,
)

__all__ = [
    "Answer",
    "ApiError",
    "AsyncClient",
    "BadRequest",
    "Client",
    "Conflict",
    "DeviceLogin",
    "Fault",
    "Forbidden",
    "LockstepError",
    "NotFound",
    "PreconditionFailed",
    "RunNotEnded",
    "ServerFault",
    "SignInRefused",
    "StreamedText",
    "TooManyRequests",
    "Unauthenticated",
    "Unavailable",
    "Unprocessable",
    "Unreachable",
    "every",
    "every_async",
]
