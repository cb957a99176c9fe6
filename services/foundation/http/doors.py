"""The middleware and error handlers that every web app installs before its routes."""

import re

from fastapi import FastAPI

from foundation.contracts.accepted.accepted_json import DOCUMENT
from foundation.http.accepted_requests import AcceptedRequests
from foundation.http.methods import HeadAsGet
from foundation.http.problems import install_problem_handlers
from foundation.http.request_limits import DEFAULT_BODY_BYTES


def install_doors(
    app: FastAPI,
    *,
    body_limit: int = DEFAULT_BODY_BYTES,
    max_depth: int = DOCUMENT.max_depth,
    signed_below: str | None = None,
    with_slashes: str = "(?!)",
) -> None:
    """Bodies and texts that may be stored, HEAD, and problem documents for every error; bytes for `body_limit`.

    What begins `with_slashes`, a pattern of paths as they are sent, ends with a name that may have slashes.
    Bodies for paths below `signed_below` are left to their routes, which know first by whom they are.
    """
    install_problem_handlers(app)
    named = re.compile(with_slashes.encode())
    app.add_middleware(
        AcceptedRequests, limit=body_limit, max_depth=max_depth, signed_below=signed_below, with_slashes=named
    )
    app.add_middleware(HeadAsGet)
