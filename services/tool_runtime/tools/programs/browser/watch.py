"""What pages do by themselves while steps are made: dialogs, windows, downloads, requests that fail, crashes."""

import asyncio
import contextlib
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Error

from tool_runtime.tools.programs.browser.report import SHOWN_ITEMS, SHOWN_URL, SHOWN_WORDS, Report
from tool_runtime.tools.programs.refusal_proof import proven_reason
from tool_runtime.tools.programs.results import beginning

POPUP_SECONDS = 3.0
ABORTED = "ERR_ABORTED"
OTHER_ANSWER = "ERR_BLOCKED_BY_ORB"
"""Of a script or a picture that is neither: Chromium keeps such an answer from the page."""


class Watch:
    """Listens to one page and answers for it; `broken` is set when there is no page any more."""

    def __init__(self, page: Any, report: Report) -> None:
        self.page = page
        self.broken = asyncio.Event()
        self.why_broken = "page_crashed"
        self.navigating = asyncio.Event()
        self.settled = asyncio.Event()
        self.status: int | None = None
        self.refused: str | None = None
        """Why the proxy did not let the page be had; None where it did."""
        self.failed: tuple[str, str] | None = None
        """Why there is no page where one was asked for last: the reason, and its address."""
        self.wanted: asyncio.Future[Any] | None = None
        """A download that a step waits for."""
        self._report = report
        self._tasks: set[asyncio.Task[None]] = set()
        self._popups = 0
        page.on("dialog", lambda dialog: self._start(self._close_dialog(dialog)))
        page.on("popup", lambda popup: self._start(self._close_popup(popup)))
        page.on("download", self._on_download)
        page.on("crash", lambda _: self.broken.set())
        page.on("close", self._on_close)
        page.on("request", self._on_request)
        page.on("requestfailed", self._on_failed)
        page.on("response", self._on_response)
        page.on("framenavigated", self._on_navigated)

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # a page that goes away while it is answered is no failure of its own

    def _on_close(self, _: Any) -> None:
        self.why_broken = "page_closed"
        self.broken.set()

    async def _close_dialog(self, dialog: Any) -> None:
        """Whether a page may be left is not for the page to say; everything else is answered with no."""
        told = {"type": str(dialog.type), "message": beginning(dialog.message, SHOWN_WORDS)}
        self._report.add("dialogs", told)
        await (dialog.accept() if dialog.type == "beforeunload" else dialog.dismiss())

    async def _close_popup(self, popup: Any) -> None:
        self._popups += 1
        if self._popups <= SHOWN_ITEMS:
            # A window without an address is told as one.
            with contextlib.suppress(Error):
                await popup.wait_for_url(_is_somewhere, wait_until="commit", timeout=POPUP_SECONDS * 1000)
        self._report.add("popups", beginning(popup.url, SHOWN_URL))
        await popup.close()

    def _on_download(self, download: Any) -> None:
        if self.wanted is not None and not self.wanted.done():
            self.wanted.set_result(download)
            return
        self._unreached(download.url, "a download that no step asked for was not kept")
        self._start(download.cancel())

    def _is_of_the_page(self, request: Any) -> bool:
        return bool(request.is_navigation_request()) and request.frame == self.page.main_frame

    def _on_request(self, request: Any) -> None:
        if self._is_of_the_page(request):
            self.settled.clear()
            self.failed = self.refused = None
            self.navigating.set()

    def _on_navigated(self, frame: Any) -> None:
        if frame == self.page.main_frame:
            self.settled.set()

    def _on_failed(self, request: Any) -> None:
        reason = str(request.failure or "failed").removeprefix("net::")
        if self._is_of_the_page(request):
            self.failed = None if reason == ABORTED else (reason, request.url)
            self.settled.set()
        if reason != ABORTED:  # which is what pages and downloads do to their own requests
            self._unreached(request.url, reason)

    def _on_response(self, response: Any) -> None:
        refused = proven_reason(response.headers, urlsplit(response.url).hostname)
        if refused is not None:
            self._unreached(response.url, f"egress_denied: {refused}")
        if self._is_of_the_page(response.request):
            self.status, self.refused = response.status, refused

    def _unreached(self, url: str, reason: str) -> None:
        told = f"{reason}; a refusal of the proxy reads so as well" if reason == OTHER_ANSWER else reason
        self._report.add("unreached", {"url": beginning(url, SHOWN_WORDS), "reason": beginning(told, SHOWN_WORDS)})


def _is_somewhere(url: str) -> bool:
    return url != "about:blank"
