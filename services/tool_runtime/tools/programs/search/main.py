"""Makes the search of `/tmp/search.json` and writes what came of it to `out/result.json`.

The web is asked where `/tmp/upstream.json` says whom; else the documents below `/work` are searched. Ends with 0 where
something was searched, with 1 where nothing could be: then the result is an `error`.
"""

import json
import os
import pathlib
import sys

from tool_runtime.sandbox.frames import WORKSPACE_IS_KEPT
from tool_runtime.tools.programs.clock import ends_at
from tool_runtime.tools.programs.endings import ActionFailed, ends
from tool_runtime.tools.programs.http.deadline import Late, deadline
from tool_runtime.tools.programs.places import WORK
from tool_runtime.tools.programs.results import Told
from tool_runtime.tools.programs.search.documents import search_documents
from tool_runtime.tools.programs.search.web import search_web

WANTED, UPSTREAM = pathlib.Path("/tmp/search.json"), pathlib.Path("/tmp/upstream.json")  # noqa: S108
MARGIN_SECONDS = 1.0
"""Kept of the time to read an answer and to write the result."""


def searched() -> Told:
    """Raises `ActionFailed`, that of a request as well."""
    wanted = json.loads(WANTED.read_bytes())
    if UPSTREAM.exists():
        return search_web(wanted, json.loads(UPSTREAM.read_bytes()), until=ends_at(MARGIN_SECONDS))
    if wanted["source"] == "web" or (wanted["source"] is None and not _has_documents()):
        raise ActionFailed(
            "no_provider", "the platform has no provider for searches of the web; stage files to search them"
        )
    try:
        with deadline(ends_at(MARGIN_SECONDS)):
            return search_documents(wanted)
    except Late:
        detail = "the documents could not all be read in time; name a folder or a glob, or give it more time"
        raise ActionFailed("timed_out", f"{detail} (`timeout_seconds`)") from None


def _has_documents() -> bool:
    """Whether files were staged, or the call has a workspace: they are searched where nobody says what is to be."""
    staged = WORK / "in"
    return WORKSPACE_IS_KEPT in os.environ or (staged.is_dir() and any(staged.iterdir()))


def main() -> int:
    return ends(searched)


if __name__ == "__main__":
    sys.exit(main())
