"""Patterns of hosts that nobody may give: all names below a suffix under which anybody may register one, and our own.

The suffixes are those of the public suffix list, of countries and of companies (`co.uk`, `github.io`), as a release of
`publicsuffixlist` carries it; nothing is fetched. They are checked where a list is given and nowhere else: what was
accepted under an earlier list stays readable, and is enforced as it stands.
"""

from functools import cache
from typing import Annotated

from publicsuffixlist import PublicSuffixList
from pydantic import AfterValidator, Field

from foundation.contracts.egress.hosts import matches
from foundation.contracts.egress.policy import MAX_PATTERNS, HostPattern
from foundation.contracts.gateway.job_access import MODEL_HOST

_REVERSE = "arpa"
"""Names that are made of addresses, and of the network's own; no pattern of them is meant."""


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def suffix_fault(pattern: str) -> str | None:
    """Why a well-formed pattern is too wide, or names what is the platform's; None for all others."""
    if matches(pattern, MODEL_HOST):
        return f"{MODEL_HOST} is the platform's own name; tools that call models reach it without being allowed to"
    if not pattern.startswith("*."):
        return None
    host = pattern[2:]
    if host.rpartition(".")[2] != _REVERSE and not _suffixes().is_public(host):
        return None
    return f"{pattern} would be all names that are registered there; name the ones that are meant"


def _narrow(pattern: str) -> str:
    if fault := suffix_fault(pattern):
        raise ValueError(fault)
    return pattern


GivenPatterns = Annotated[list[Annotated[HostPattern, AfterValidator(_narrow)]], Field(max_length=MAX_PATTERNS)]
"""A list of hosts and patterns as a caller gives one."""
