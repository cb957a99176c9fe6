"""Why a step was not done, in words that whoever wrote the steps can act on."""

import re

from tool_runtime.tools.programs.endings import ActionFailed

SHOWN_ELEMENTS = 5
SHOWN_LINE = 300

_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_CALLED = re.compile(r"^(?:[A-Z][A-Za-z]*\.[a-z_A-Z]+: )?(?:[A-Za-z]*Error: )*")
"""What Playwright puts before its words: its own names of what was called."""
_ELEMENT = re.compile(r"^\s+\d+\) (.+?)(?: aka .*)?$", re.MULTILINE)
_COVERING = re.compile(r"(<[^\n]*>)[^\n]* intercepts pointer events")
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
    """Playwright's error, as what it means for the step. Its own account of what it tried is not repeated."""
    text = _ESCAPES.sub("", told)
    first = text.partition("\n")[0]
    if found := _NET.search(first):
        return of_network(found[1], first.partition(" at ")[2])
    if "strict mode violation" in text:
        return _ambiguous(text)
    if "Timeout" in first and "exceeded" in first:
        return BrowserStepFailed("timed_out", _not_in_time(text))
    if any(words in text for words in _OF_SELECTORS):
        return BrowserStepFailed(
            "bad_selector",
            f"the selector cannot be followed{_cause(first)}; write CSS, text=…, role=button[name='…'] or XPath",
        )
    if "crashed" in first:
        return BrowserStepFailed(
            "page_crashed", "the page's process ended; it took more memory than it may, or made it fail"
        )
    if "has been closed" in text or "Connection closed" in text:
        return BrowserStepFailed("page_closed", "the page was closed, by itself or with its browser")
    return BrowserStepFailed("not_possible", f"the browser cannot do this here: {plain_words(text)}")


def plain_words(told: str) -> str:
    """The first line of what Playwright says, without its names of functions and without escapes of terminals."""
    line = _ESCAPES.sub("", told).strip().partition("\n")[0]
    return _CALLED.sub("", line).strip()[:SHOWN_LINE] or "it says no more"


def _cause(first: str) -> str:
    """What the parser of selectors says, where it is that and no fault within its script."""
    return f": {plain_words(first)}" if "parsing" in first or "Unknown engine" in first else ""


def _ambiguous(text: str) -> BrowserStepFailed:
    elements = [found[:SHOWN_LINE] for found in _ELEMENT.findall(text)]
    shown = "; ".join(elements[:SHOWN_ELEMENTS])
    more = f"; and {len(elements) - SHOWN_ELEMENTS} more" if len(elements) > SHOWN_ELEMENTS else ""
    return BrowserStepFailed(
        "ambiguous",
        f"the selector fits more than one element: {shown}{more}. Write one that fits one of them, such as"
        " `… >> nth=0` for the first",
    )


def _not_in_time(text: str) -> str:
    """Why something was not ready, as far as what Playwright has tried last tells it."""
    if covering := _COVERING.findall(text):
        over = covering[-1][:SHOWN_LINE]
        return f"the element is there, and another one lies over it: {over}; close or leave that one first"
    for words, meaning in _NOT_READY:
        if words in text:
            return f"the element is there, {meaning}"
    if _FOUND.search(text) and "to be visible" in text:
        return f"the element is there, {_NOT_SHOWN}"
    return "the page was not ready in time; wait for an element of it (`wait_for`), or try again later"


_NOT_SHOWN = "and is not shown; open first what hides it, such as a menu"
_FOUND = re.compile(r"locator resolved to")
"""Stands in what Playwright tells when it has found an element, and nowhere where there is none."""
_NOT_READY = (
    ("did not find some options", "and has no such choice; extract its html to see which there are"),
    ("element is not enabled", "and is disabled; do first what it waits for"),
    ("element is not editable", "and takes no text; it may only be read"),
    ("element is outside of the viewport", "and lies where nothing is shown; scrolling does not bring it into view"),
    ("element is not stable", "and does not stop moving"),
    ("element is not visible", _NOT_SHOWN),
)
"""Words of Playwright's about an element that it waits for, and what they mean."""


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
