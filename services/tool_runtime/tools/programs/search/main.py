"""Makes the search of `/tmp/search.json` and writes what came of it to `out/result.json`.

The web is asked where `/tmp/upstream.json` says whom; else the documents below `/work` are searched. Ends with 0 where
something was searched, with 1 where nothing could be: then the result is an `error`.
"""

import json
import pathlib
import sys
from typing import Any

from tool_runtime.tools.programs.http_request import RequestFailed
from tool_runtime.tools.programs.places import WORK, ActionFailed, not_possible
from tool_runtime.tools.programs.search.documents import search_documents
from tool_runtime.tools.programs.search.web import search_web

WANTED, UPSTREAM = pathlib.Path("/tmp/search.json"), pathlib.Path("/tmp/upstream.json")  # noqa: S108


def searched(wanted: dict[str, Any]) -> dict[str, Any]:
    """Raises `ActionFailed` and `RequestFailed`."""
    if UPSTREAM.exists():
        return search_web(wanted, json.loads(UPSTREAM.read_bytes()))
    if wanted["source"] == "web":
        raise ActionFailed("no_provider", "the platform has no provider for searches of the web; search documents")
    return search_documents(wanted)


def main() -> int:
    failed: ActionFailed | RequestFailed | None = None
    result: dict[str, Any] = {}
    try:
        result = searched(json.loads(WANTED.read_bytes()))
    except (ActionFailed, RequestFailed) as error:
        failed = error
    except OSError as error:
        failed = not_possible(error)
    if failed is not None:
        result = {"error": {"code": failed.code, "detail": failed.detail}}
        sys.stderr.write(f"{failed.code}: {failed.detail}\n")
    (WORK / "out" / "result.json").write_text(json.dumps(result), encoding="utf-8")
    return 0 if failed is None else 1
