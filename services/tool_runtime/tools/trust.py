"""How a command is told what it has to know of its job's proxy: an authority to trust, and what proves refusals."""

import ssl
from pathlib import Path

from tool_runtime.tools.programs.refusal_proof import KEY_VARIABLE

_BUNDLE = "/tmp/authorities.pem"  # noqa: S108  (inside the sandbox; what lies below /work may be a workspace)

AUTHORITY = "/tmp/authority.pem"  # noqa: S108
"""For a browser, which reads no variable and is told of it by a database of its own."""

# OpenSSL (Python's `ssl`, httpx), requests, curl, git, and Node, which adds to its own instead of replacing them.
_READ_BY = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "NODE_EXTRA_CA_CERTS")


def trusted_files(authority: bytes | None) -> tuple[tuple[str, bytes], ...]:
    """The bundle with this certificate (PEM) and the certificate alone, by their paths; nothing without one."""
    if authority is None:
        return ()
    known = ssl.get_default_verify_paths().cafile
    system = Path(known).read_bytes() if known else b""
    return (_BUNDLE, system + b"\n" + authority), (AUTHORITY, authority)


def proxy_environment(authority: bytes | None, proof_key: str) -> dict[str, str]:
    """The variables that lead to the bundle, and the one that has the key of proofs."""
    trusting = {} if authority is None else dict.fromkeys(_READ_BY, _BUNDLE)
    return {**trusting, KEY_VARIABLE: proof_key}
