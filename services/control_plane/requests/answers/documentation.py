"""The API's document as a page. All of it comes from this process, so that it can be read without the internet."""

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import fastapi_offline
from fastapi import FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import FileResponse

PAGE = "/api/v1/docs"
_FILES = Path(str(fastapi_offline.__file__)).parent / "static"
_VIEWER, _STYLE, _ICON = "swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def install_documentation(app: FastAPI) -> None:
    """Adds the page, and the three files that it loads."""

    async def page(_request: Request) -> Response:
        shown = get_swagger_ui_html(
            openapi_url=str(app.openapi_url),
            title=app.title,
            swagger_js_url=f"{PAGE}/{_VIEWER}",
            swagger_css_url=f"{PAGE}/{_STYLE}",
            swagger_favicon_url=f"{PAGE}/{_ICON}",
            # Else the viewer has a public service check the document.
            swagger_ui_parameters={"validatorUrl": None},
        )
        shown.headers["Content-Security-Policy"] = _policy(bytes(shown.body).decode())
        return shown

    app.add_route(PAGE, page, include_in_schema=False)
    for name in (_VIEWER, _STYLE, _ICON):
        app.add_route(f"{PAGE}/{name}", _file(_FILES / name), include_in_schema=False)


def _file(path: Path) -> Callable[[Request], Awaitable[Response]]:
    async def file(_request: Request) -> Response:
        return FileResponse(path, headers={"Cache-Control": "no-cache"})

    return file


def _policy(html: str) -> str:
    """What the page may load: its own files, its own script, and answers of this API."""
    digests = (hashlib.sha256(script.encode()).digest() for script in _SCRIPT.findall(html))
    own = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src 'self' {own}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
