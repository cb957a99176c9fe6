"""Makes the request of `in/request.json` and writes what came of it to `out/result.json`.

Ends with 0 where a server has answered, whatever its status, and with 1 where none has: then the result is an `error`.
"""

import json
import sys

from tool_runtime.tools.programs.clock import ends_at
from tool_runtime.tools.programs.endings import OUT, ends, told_error
from tool_runtime.tools.programs.http.exchange import Exchange
from tool_runtime.tools.programs.http.request import RequestFailed
from tool_runtime.tools.programs.http.result import result_of
from tool_runtime.tools.programs.places import WORK
from tool_runtime.tools.programs.results import Told

MARGIN_SECONDS = 1.0
"""Kept of the time to write the result."""


def asked() -> Told:
    told = json.loads((WORK / "in" / "request.json").read_bytes())
    exchange = Exchange(told, until=ends_at(MARGIN_SECONDS))
    try:
        answer = exchange.answer()
    except RequestFailed as failure:
        return {"error": told_error(failure), "tries": exchange.tries}
    result, body = result_of(answer.status, answer.headers, answer.content, cut=answer.cut)
    if body is not None:
        (OUT / "body").write_bytes(body)
    return {**result, "url": exchange.request.url, "redirects": exchange.redirects, "tries": exchange.tries}


def main() -> int:
    return ends(asked)


if __name__ == "__main__":
    sys.exit(main())
