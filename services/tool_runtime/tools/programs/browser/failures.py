"""Why a step was not done, in words that whoever wrote the steps can act on."""

import re

from tool_runtime.tools.programs.endings import ActionFailed

PASSING_LINES = 12
"""How much of Playwright's own account is told."""

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_NET = re.compile(r"net::(ERR_[A-Z0-9_]+)")
_NAMED = "the task's egress has to name the host, and the tenant's policy to allow it"
_REASONS = {
    "host_not_allowed": "the task's `egress` has to name the host",
    "above_ceiling": "the tenant's egress policy has to allow the host",
    "port_not_allowed": "only the ports 80 and 443, and those that an operator opened, are reached",
    "name_unresolved": "there is no public server of this name",
    "address_not_allowed": "the name leads to an address that is not public",
    "malformed": "the address is not one that the proxy takes; a host is a full name, and no IP address",
    "unreachable": "the server does not answer",
}
"""What to do about a reason of the proxy's, where it is not plain from its name."""
_CODES = {
    "ERR_TUNNEL_CONNECTION_FAILED": (
        "egress_denied",
        f"the proxy of this job let no connection through: {_NAMED}; step.egress of the run's events has the reason",
    ),
    "ERR_PROXY_CONNECTION_FAILED": ("egress_denied", "the job has used up the connections that its proxy takes"),
    "ERR_TOO_MANY_REDIRECTS": ("too_many_redirects", "the server redirects without end"),
    "ERR_NAME_NOT_RESOLVED": ("egress_denied", "the browser reaches nothing but through the proxy of its job"),
    "ERR_UNKNOWN_URL_SCHEME": ("refused_url", "only http and https are opened"),
    "ERR_BLOCKED_BY_CLIENT": ("refused_url", "the browser does not open this address"),
    "ERR_TIMED_OUT": ("timed_out", "the server did not answer in time"),
}


_OF_SELECTORS = (
    *("while parsing", "Unknown engine", "Malformed selector", "is not a valid", "is not an engine"),
    *("_queryEngineAll", "enter-frame"),
)
"""Words of Playwright's about a selector that it cannot follow."""


class BrowserStepFailed(ActionFailed):
    """A step cannot be made."""


def of_playwright(told: str) -> BrowserStepFailed:
    """Playwright's error, as what it means for the step."""
    text = _COLOURS.sub("", told)
    first = text.partition("\n")[0]
    if found := _NET.search(first):
        return of_network(found[1], first.partition(" at ")[2])
    if "strict mode violation" in text:
        return BrowserStepFailed("ambiguous", _shown(text))
    if "Timeout" in first and "exceeded" in first:
        return BrowserStepFailed("timed_out", _shown(text))
    if any(words in text for words in _OF_SELECTORS):
        return BrowserStepFailed("bad_selector", _shown(text.partition("\n    at ")[0]))
    if "crashed" in first:
        return BrowserStepFailed(
            "page_crashed", "the page's process ended; it took more memory than it may, or made it fail"
        )
    if "has been closed" in text or "Connection closed" in text:
        return BrowserStepFailed("page_closed", "the page was closed, by itself or with its browser")
    return BrowserStepFailed("not_possible", _shown(text))


def of_network(code: str, url: str) -> BrowserStepFailed:
    """An error of Chromium's network, by its name; `url` may be empty."""
    place = f"{url[:500]}: " if url else ""
    if code in _CODES:
        ours, words = _CODES[code]
        return BrowserStepFailed(ours, f"{place}{words}")
    if code.startswith(("ERR_CERT", "ERR_SSL")):
        return BrowserStepFailed(
            "certificate", f"{place}the server's certificate is not trusted, or TLS failed ({code})"
        )
    return BrowserStepFailed("connection_failed", f"{place}the connection failed ({code})")


def refused(url: str, reason: str) -> BrowserStepFailed:
    """What the proxy has answered to a request that it could read."""
    advice = f"; {_REASONS[reason]}" if reason in _REASONS else ""
    return BrowserStepFailed("egress_denied", f"{url[:500]}: the proxy of this job refused it ({reason[:100]}){advice}")


def _shown(text: str) -> str:
    """The message and the beginning of the account of what was tried, without empty lines."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip() and not set(line.strip()) <= set("=-")]
    lines = lines[: PASSING_LINES + 1]
    return "\n".join(line[:300] for line in lines)
