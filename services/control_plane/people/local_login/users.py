"""The people who can be chosen on the local page: the sample's owner, two operators, and some without a tenant."""

import re

from control_plane.people.local_login.grants import GrantRefused, LocalUser

_ADDRESS = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,189}")

SHIPPED = (
    LocalUser("sample-owner", "sample-owner@example.com"),
    LocalUser("local-ann@example.com", "ann@example.com"),
    LocalUser("local-bob@example.com", "bob@example.com"),
    LocalUser("sample-operator", "sample-operator@example.com", operates=True),
    LocalUser("second-operator", "second-operator@example.com", operates=True),
)


def user_of(address: str) -> LocalUser:
    """Of those that are shipped, or whoever else is written: on this machine nobody has to prove an address."""
    for user in SHIPPED:
        if user.email == address:
            return user
    if not _ADDRESS.fullmatch(address):
        raise GrantRefused("invalid_request", "this is no address of e-mail")
    return LocalUser(f"local-{address.lower()}", address.lower())
