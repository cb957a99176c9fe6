"""One call of the tool: a request, tried again where that may help, and its redirects, within one time for all."""

import random
import re
import time
from typing import Any

from tool_runtime.tools.programs.http.connection import Answer, send
from tool_runtime.tools.programs.http.deadline import Late, deadline
from tool_runtime.tools.programs.http.request import Request, RequestFailed

TRIES = 4
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 20.0
PASSING = frozenset({429, 500, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SECONDS = re.compile(r"[0-9]{1,9}")
"""Of `Retry-After`, whose other form, a date, is not waited for."""


class Exchange:
    """One request, and the time (`time.monotonic()`), the tries and the redirects that it has."""

    def __init__(self, told: dict[str, Any], *, until: float) -> None:
        self.request = Request(told)
        self.may_repeat: bool = told["may_repeat"]
        self.until = until
        self.redirects_left: int = told["max_redirects"]
        self.redirects = 0
        self._sent = 0

    @property
    def tries(self) -> int:
        """How often the request was sent; what a redirect asks for is sent once anyway."""
        return self._sent - self.redirects

    def answer(self) -> Answer:
        """The last answer, redirects followed; raises `RequestFailed`."""
        try:
            with deadline(self.until):
                return self._followed()
        except Late:
            raise RequestFailed("timed_out", "the time was over before the whole answer had come") from None

    def _followed(self) -> Answer:
        while True:
            try:
                answer = self._tried()
            except RequestFailed as failure:
                raise failure.behind_redirect(self.request.url) if self.redirects else failure from failure.__cause__
            location = answer.headers.get("location")
            if answer.status not in REDIRECTS or not location or not self.redirects_left:
                return answer
            self.request.redirected(answer.status, location)
            self.redirects_left -= 1
            self.redirects += 1

    def _tried(self) -> Answer:
        for attempt in range(1, TRIES + 1):
            self._sent += 1
            wanted = None
            try:
                answer = send(self.request, until=self.until)
            except RequestFailed as failure:
                again = failure.passing and (self.may_repeat or not failure.sent)
                if not again or not self._pause(attempt, wanted):
                    raise
            else:
                wanted = answer.headers.get("retry-after")
                again = answer.status in PASSING and self.may_repeat
                if not again or not self._pause(attempt, wanted):
                    return answer
        raise AssertionError("the last try returns or raises")

    def _pause(self, attempt: int, wanted: str | None) -> bool:
        """Waits before the next try; false when there is none, or no time for it."""
        seconds = FIRST_PAUSE * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311
        if wanted is not None and _SECONDS.fullmatch(wanted):
            seconds = max(seconds, int(wanted))
        if attempt == TRIES or seconds > LONGEST_PAUSE or time.monotonic() + seconds >= self.until:
            return False
        time.sleep(seconds)
        return True
