"""What a sign-in is on its way to a token: codes that are bound to their verifier, and devices that wait for a person.

All of it is kept in this process for minutes, as the provider is for one machine. Every text that opens something has
256 bits of chance, is taken once, and dies soon.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

from cachetools import TTLCache

Value = TypeVar("Value")

CODE_SECONDS = 60
TICKET_SECONDS = 600
DEVICE_SECONDS = 600
POLL_SECONDS = 5
_AT_ONCE = 1000
_WRONG_CODES_A_MINUTE = 10
_USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so that no words come up; nobody takes one of them for another (RFC 8628, 6.1)."""


class GrantRefused(Exception):
    """Why nothing is granted, in the words of RFC 6749, 5.2 and RFC 8628, 3.5."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True)
class LocalUser:
    """Who can be chosen on the page; an operator belongs to the group of the identity provider."""

    subject: str
    email: str
    operates: bool = False


@dataclass(frozen=True, slots=True)
class SignIn:
    """What a program asks for when it sends somebody to the page."""

    client_id: str
    redirect_uri: str
    state: str
    nonce: str | None
    challenge: str


@dataclass(frozen=True, slots=True)
class _Code:
    sign_in: SignIn
    user: LocalUser


class DeviceState(StrEnum):
    """How a device's wait for a person stands."""

    PENDING = "pending"
    ALLOWED = "allowed"
    REFUSED = "refused"


@dataclass(slots=True)
class Device:
    """A device that waits; `interval` grows when it asks too often."""

    device_code: str
    user_code: str
    ticket: str
    """For the form of the page on which it is let in, so that no other page can send it."""
    state: DeviceState = DeviceState.PENDING
    user: LocalUser | None = None
    interval: int = POLL_SECONDS
    asked_at: float = float("-inf")


def is_loopback(uri: str) -> bool:
    """Whether a code may be sent there: to a program on this machine, at any port (RFC 8252, 7.3)."""
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return False
    at_home = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    return at_home and port is not None and not parts.fragment and parts.username is None


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


class Grants:
    """Keeps what is under way; `now` in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._tickets: TTLCache[str, SignIn] = TTLCache(_AT_ONCE, TICKET_SECONDS, timer=now)
        self._codes: TTLCache[str, _Code] = TTLCache(_AT_ONCE, CODE_SECONDS, timer=now)
        self._devices: TTLCache[str, Device] = TTLCache(_AT_ONCE, DEVICE_SECONDS, timer=now)
        self._by_user_code: TTLCache[str, Device] = TTLCache(_AT_ONCE, DEVICE_SECONDS, timer=now)
        self._wrong: TTLCache[str, None] = TTLCache(_WRONG_CODES_A_MINUTE + 1, 60, timer=now)

    def ticket(self, sign_in: SignIn) -> str:
        """For the form of the page, so that no other page can send it."""
        return _kept(self._tickets, sign_in)

    def code(self, ticket: str, user: LocalUser) -> tuple[SignIn, str]:
        """The sign-in behind a form that was sent, and the code for the program that asked."""
        sign_in = self._tickets.pop(ticket, None)
        if sign_in is None:
            raise GrantRefused("invalid_request", "this page has been used, or is too old; begin again")
        return sign_in, _kept(self._codes, _Code(sign_in, user))

    def exchange(self, code: str, *, verifier: str, client_id: str, redirect_uri: str) -> tuple[LocalUser, str | None]:
        """Whom the code stands for, and the nonce. Whatever else is wrong, the code is used up."""
        kept = self._codes.pop(code, None)
        if kept is None:
            raise GrantRefused("invalid_grant", "the code is unknown, used or too old")
        asked = kept.sign_in
        if not hmac.compare_digest(challenge_of(verifier), asked.challenge):
            raise GrantRefused("invalid_grant", "the verifier does not belong to the code")
        if (client_id, redirect_uri) != (asked.client_id, asked.redirect_uri):
            raise GrantRefused("invalid_grant", "the code was made for another client or address")
        return kept.user, asked.nonce

    def device(self) -> Device:
        letters = "".join(secrets.choice(_USER_CODE_LETTERS) for _ in range(8))
        device = Device(secrets.token_urlsafe(32), letters, secrets.token_urlsafe(32))
        self._devices[device.device_code] = self._by_user_code[letters] = device
        return device

    def device_of(self, user_code: str) -> Device:
        """The waiting device that shows this code; few wrong ones are taken a minute, so that none is guessed."""
        if len(self._wrong) >= _WRONG_CODES_A_MINUTE:
            raise GrantRefused("slow_down", "too many wrong codes; wait a minute")
        letters = "".join(one for one in user_code.upper() if one in _USER_CODE_LETTERS)
        device = self._by_user_code.get(letters)
        if device is None or device.state is not DeviceState.PENDING:
            self._wrong[secrets.token_hex(8)] = None
            raise GrantRefused("invalid_request", "no device waits with this code")
        return device

    def decide(self, user_code: str, user: LocalUser | None, *, ticket: str) -> None:
        """Lets the device in as this user, or refuses it."""
        device = self.device_of(user_code)
        if not hmac.compare_digest(ticket.encode(), device.ticket.encode()):
            raise GrantRefused("invalid_request", "this page is not ours; begin again")
        device.user = user
        device.state = DeviceState.REFUSED if user is None else DeviceState.ALLOWED

    def poll(self, device_code: str) -> LocalUser:
        """Who let the device in, once; `GrantRefused` until then, and after it."""
        device = self._devices.get(device_code)
        if device is None:
            raise GrantRefused("expired_token", "the device's code is unknown, used or too old; begin again")
        since, device.asked_at = self._now() - device.asked_at, self._now()
        if device.state is DeviceState.PENDING:
            if since < device.interval:
                device.interval += POLL_SECONDS
                raise GrantRefused("slow_down", f"ask every {device.interval} seconds")
            raise GrantRefused("authorization_pending", "nobody has let the device in yet")
        del self._devices[device_code]
        if device.user is None:
            raise GrantRefused("access_denied", "the device was refused")
        return device.user


def _kept(cache: "TTLCache[str, Value]", value: Value) -> str:
    text = secrets.token_urlsafe(32)
    cache[text] = value
    return text
