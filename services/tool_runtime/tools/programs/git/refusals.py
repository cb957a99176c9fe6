"""Whether the job's proxy has refused what git asked for; git itself tells the status of an answer and no more.

Git writes down the heads of requests and answers (`GIT_TRACE_CURL`), in which a refusal has its reason and its proof.
"""

import pathlib
import re
import urllib.parse

from tool_runtime.tools.programs.endings import ActionFailed
from tool_runtime.tools.programs.refusal_proof import PROOF, REASON, proven_reason, told_refusal

_TRACE = pathlib.Path("/tmp/git-heads")  # noqa: S108 - inside the sandbox; what lies below /work may be a workspace
TRACING = {"GIT_TRACE_CURL": str(_TRACE), "GIT_TRACE_CURL_NO_DATA": "1"}
"""Variables with which git writes them down."""
_LAST = 256 * 1024
"""Bytes of them that are read: after a refusal git asks for nothing more."""
_LINE = re.compile(r"\S+ \S+ +(=> Send|<= Recv) header: ?(.*)")
_REQUEST = re.compile(r"(CONNECT|[A-Z]+) (\S+) HTTP/1\.[01]")


def forget_heads() -> None:
    """Of commands before."""
    _TRACE.unlink(missing_ok=True)


def refused() -> ActionFailed | None:
    """The last refusal in what git has written down, as every tool tells one; None where the proxy has refused none."""
    try:
        heads = _TRACE.read_bytes()[-_LAST:].decode("utf-8", "replace")
    except OSError:
        return None
    return refusal_in(heads)


def refusal_in(heads: str) -> ActionFailed | None:
    host, answer, found = None, dict[str, str](), None
    for line in heads.splitlines():
        if not (part := _LINE.fullmatch(line)):
            continue
        if part[1] == "=> Send":
            if request := _REQUEST.fullmatch(part[2].strip()):
                host, answer = _host_of(request[1], request[2]), {}
            continue
        name, _, value = part[2].partition(":")
        answer.setdefault(name.strip().lower(), value.strip())
        if {REASON, PROOF} <= answer.keys() and (reason := proven_reason(answer, host)):
            found = ActionFailed("egress_denied", told_refusal(reason, host))
    return found


def _host_of(method: str, target: str) -> str | None:
    try:
        return urllib.parse.urlsplit(f"//{target}" if method == "CONNECT" else target).hostname
    except ValueError:
        return None
