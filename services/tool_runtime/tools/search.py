"""`search`: one search, made inside the sandbox by a program of ours; the web is asked through the job's proxy."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foundation.contracts.tools.contract import ToolContract
from foundation.contracts.tools.search import SEARCH, SearchArguments
from tool_runtime.protocol import SearchUpstream
from tool_runtime.tools.base import BASE_ENVIRONMENT, NO_REPEATS, Invocation, Repeats, our_program
from tool_runtime.tools.programs.clock import SECONDS

# Inside the sandbox; what lies below /work are the documents.
WANTED, UPSTREAM = "/tmp/search.json", "/tmp/upstream.json"  # noqa: S108


@dataclass(frozen=True, slots=True)
class SearchTool:
    """What a document or a provider's answer does to whoever reads it, it does in there."""

    spec: ToolContract = SEARCH

    def invocation(self, arguments: Mapping[str, Any], *, repeats: Repeats = NO_REPEATS) -> Invocation:  # noqa: ARG002
        given = SearchArguments.model_validate(arguments)
        return Invocation(
            argv=our_program("search.main"),
            env=BASE_ENVIRONMENT,
            files=((WANTED, json.dumps(given.for_the_program()).encode()),),
            wall_seconds=given.timeout_seconds,
            seconds_in=SECONDS,
        )


def upstream_files(upstream: SearchUpstream | None) -> tuple[tuple[str, bytes], ...]:
    """How the program is told whom to ask; nothing where no web is searched."""
    return () if upstream is None else ((UPSTREAM, upstream.model_dump_json().encode()),)
