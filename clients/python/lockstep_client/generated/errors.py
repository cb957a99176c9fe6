"""An answer that is not what a call is typed to give."""

from typing import Any

import httpx


class UndocumentedAnswer(Exception):
    """The server answered well, but with a status or format that the call cannot be read in: `fetch` gives its bytes."""

    def __init__(self, response: httpx.Response) -> None:
        form = response.headers.get("content-type", "no content")
        asked = f"{response.request.method} {response.request.url}"
        super().__init__(f"{asked} answered {response.status_code} with {form}; `fetch` gives it as bytes")
        self.response = response


def json_of(response: httpx.Response) -> Any:
    """The JSON of an answer that says it is JSON."""
    if not response.headers.get("content-type", "").startswith("application/json"):
        raise UndocumentedAnswer(response)
    return response.json()
