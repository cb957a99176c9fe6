"""One function for each action: what it does in the page, and what it puts into the report."""

import asyncio
import contextlib
import pathlib
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from playwright.async_api import Error

from tool_runtime.tools.programs.browser import page_values
from tool_runtime.tools.programs.browser.failures import (
    BrowserStepFailed,
    of_network,
    of_playwright,
    plain_words,
    refused,
)
from tool_runtime.tools.programs.browser.opening import DOWNLOADS
from tool_runtime.tools.programs.browser.report import Report
from tool_runtime.tools.programs.browser.watch import Watch

STEP_SECONDS = 30.0
LOAD_SECONDS = 10.0
"""How long a page that is there already may go on loading what belongs to it."""
SOON_SECONDS = 0.15
"""In which a click begins to lead elsewhere, if it does."""
FIND_SECONDS = 10.0
"""How long an element may take to be there and ready; `wait_for` is for what takes longer."""
LARGEST_HTML = 4 * 1024 * 1024
HIGHEST_SHOT, WIDEST_SHOT = 10_000, 4000
LOOK_SECONDS = 0.2
_NAME_BYTES, _LONG_ENDING = 150, 16
_NO_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f/\\\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_OUTER = """(elements, most) => {
  let all = 0, kept = []
  for (const element of elements) {
    const html = element.outerHTML
    if (all < most) kept.push(html.slice(0, most - all))
    all += html.length
  }
  return [all, kept.join("\\n")]
}"""
_SIZE = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"

Step = dict[str, Any]


class Browsing:
    """The page, and the time that is left for what is done with it."""

    def __init__(self, page: Any, watch: Watch, report: Report, *, until: float) -> None:
        self.page = page
        self.watch = watch
        self.report = report
        self._until = until
        self._step_until = until

    def begin_step(self) -> float:
        """The seconds that the next step has."""
        now = time.monotonic()
        self._step_until = min(self._until, now + STEP_SECONDS)
        return self._step_until - now

    def milliseconds(self, *, at_most: float = STEP_SECONDS) -> int:
        """What is left of the step, as Playwright takes it; 0 would be without end."""
        return max(1, round(min(self._step_until - time.monotonic(), at_most) * 1000))

    async def settle(self) -> None:
        """Wait where what was done leads elsewhere: until the page is another one, and has loaded."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.watch.navigating.wait(), SOON_SECONDS)
            await asyncio.wait_for(self.watch.settled.wait(), self.milliseconds() / 1000)
            await self.loaded()

    async def loaded(self) -> None:
        """Something that never arrives is no reason to give up a page that is there."""
        with contextlib.suppress(Error):
            await self.page.wait_for_load_state("load", timeout=self.milliseconds(at_most=LOAD_SECONDS))

    def require_page(self) -> None:
        """Raises `BrowserStepFailed` where what was done led to a page that could not be had."""
        if self.watch.failed is not None:
            raise of_network(*self.watch.failed)
        if self.watch.refused is not None:
            raise refused(self.page.url, self.watch.refused)


@contextlib.asynccontextmanager
async def element(at: Browsing, selector: str) -> AsyncIterator[Any]:
    """What is selected; where the time for it passes because there is no such thing, that is said."""
    found = at.page.locator(selector)
    try:
        yield found
    except Error as error:
        if "exceeded" in str(error):
            with contextlib.suppress(TimeoutError):
                if not await asyncio.wait_for(found.count(), LOOK_SECONDS):
                    told = (
                        f"the page has nothing that {selector!r} selects; `extract` its html to see what it has, or"
                        " `wait_for` it where it comes later"
                    )
                    raise BrowserStepFailed("not_found", told) from error
        raise


async def answered(asked: Awaitable[Any]) -> Any:
    """The answer. Where a script of the page threw something instead, its words are the page's and not repeated."""
    try:
        return await asked
    except Error as error:
        failure = of_playwright(str(error))
        if failure.code == "not_possible":
            raise page_values.odd("an error") from error
        raise failure from error
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError) as error:
        # Playwright itself has met something that it cannot read.
        raise page_values.odd("something that cannot be read") from error


async def goto(at: Browsing, step: Step, number: int) -> None:
    at.watch.wanted = asyncio.get_running_loop().create_future()
    try:
        await at.page.goto(step["goto"], wait_until="domcontentloaded", timeout=at.milliseconds())
    except Error as error:
        if "Download is starting" not in str(error):
            raise
        await _keep(at, await at.watch.wanted, number)
        return
    finally:
        at.watch.wanted = None
    at.require_page()
    await at.loaded()


async def click(at: Browsing, step: Step, _: int) -> None:
    at.watch.navigating.clear()
    async with element(at, step["click"]) as found:
        await found.click(timeout=at.milliseconds(at_most=FIND_SECONDS))
    await at.settle()
    at.require_page()


async def type_(at: Browsing, step: Step, _: int) -> None:
    told = step["type"]
    async with element(at, told["selector"]) as field:
        await field.fill(told["text"], timeout=at.milliseconds(at_most=FIND_SECONDS))
    if told["enter"]:
        at.watch.navigating.clear()
        await field.press("Enter", timeout=at.milliseconds())
        await at.settle()
        at.require_page()


async def select(at: Browsing, step: Step, _: int) -> None:
    told = step["select"]
    at.watch.navigating.clear()
    async with element(at, told["selector"]) as found:
        await found.select_option(told["value"], timeout=at.milliseconds(at_most=FIND_SECONDS))
    await at.settle()
    at.require_page()


async def wait_for(at: Browsing, step: Step, _: int) -> None:
    async with element(at, step["wait_for"]) as found:
        await found.first.wait_for(state="visible", timeout=at.milliseconds())


async def extract(at: Browsing, step: Step, number: int) -> None:
    kind, selector = step["extract"], step.get("selector")
    async with element(at, selector or ("body" if kind == "text" else "html")) as found:
        await found.first.wait_for(state="attached", timeout=at.milliseconds(at_most=FIND_SECONDS))
    of = "page" if selector is None else "selection"
    if kind == "text":
        texts = page_values.texts(await answered(found.all_inner_texts()))
        at.report.extract(number, kind, of, "\n\n".join(texts), cut=False)
        return
    length, source = page_values.pair(await answered(found.evaluate_all(_OUTER, LARGEST_HTML)))
    text = page_values.text(source)
    if kind == "markdown":
        # Only jobs that need them wait for these libraries to be loaded.
        from tool_runtime.tools.programs.browser.markdown import markdown  # noqa: PLC0415

        text, of = await asyncio.to_thread(markdown, text, at.page.url, whole=selector is None)
    at.report.extract(number, kind, of, text, cut=page_values.size(length) > LARGEST_HTML)


async def screenshot(at: Browsing, step: Step, number: int) -> None:
    sizes = page_values.pair(await answered(at.page.evaluate(_SIZE)))
    width, height = (page_values.size(size) for size in sizes)
    area = {"x": 0, "y": 0, "width": min(width, WIDEST_SHOT), "height": min(height, HIGHEST_SHOT)}
    content = await at.page.screenshot(full_page=True, clip=area, timeout=at.milliseconds(), animations="disabled")
    at.report.save(number, step["file"], content, truncated=width > WIDEST_SHOT or height > HIGHEST_SHOT)


async def pdf(at: Browsing, step: Step, number: int) -> None:
    at.report.save(number, step["file"], await at.page.pdf(format="A4", print_background=True))


async def download(at: Browsing, step: Step, number: int) -> None:
    at.watch.wanted = asyncio.get_running_loop().create_future()
    try:
        async with element(at, step["download"]) as found:
            await found.click(timeout=at.milliseconds(at_most=FIND_SECONDS))
        seconds = at.milliseconds() / 1000
        done, _ = await asyncio.wait({at.watch.wanted}, timeout=seconds - 1)
        if not done:
            raise BrowserStepFailed("no_download", f"clicking {step['download']!r} gave no file")
        await _keep(at, at.watch.wanted.result(), number)
    finally:
        at.watch.wanted = None


async def _keep(at: Browsing, given: Any, number: int) -> None:
    """The file, once it is whole; one that grows beyond what may be kept, or does not end, is given up."""
    arriving = asyncio.ensure_future(given.path())
    while not (await asyncio.wait({arriving}, timeout=LOOK_SECONDS))[0]:
        size = sum(path.stat().st_size for path in DOWNLOADS.iterdir() if path.exists())
        failure = None
        if size > at.report.bytes_left:
            failure = BrowserStepFailed(
                "too_large", f"more than {at.report.bytes_left} bytes came, which is what may be kept"
            )
        elif at.milliseconds() <= LOOK_SECONDS * 5000:
            failure = BrowserStepFailed("timed_out", f"the file was not whole in time; {size} bytes had come")
        if failure is not None:
            arriving.cancel()
            await given.cancel()
            raise failure
    try:
        path = arriving.result()
    except Error as error:
        raise BrowserStepFailed("download_failed", f"the file could not be had: {plain_words(str(error))}") from error
    name = f"downloads/{_plain(given.suggested_filename)}"
    at.report.save(number, at.report.free_name(name), path.read_bytes())
    path.unlink()


def _plain(name: str) -> str:
    """What a server or a page calls its file, as a name that artifacts may have."""
    found = _NO_NAME.sub("_", name).strip().strip(".")
    ending = pathlib.PurePosixPath(found).suffix
    stem = found.removesuffix(ending)
    if len(ending.encode()) > _LONG_ENDING:
        stem, ending = found, ""
    # Names are bounded by their bytes; what is cut is not what says the kind of file.
    kept = stem.encode()[: _NAME_BYTES - len(ending.encode())].decode(errors="ignore").strip()
    return f"{kept}{ending}" or "file"


ACTIONS: dict[str, Callable[[Browsing, Step, int], Awaitable[None]]] = {
    "goto": goto,
    "click": click,
    "type": type_,
    "select": select,
    "wait_for": wait_for,
    "extract": extract,
    "screenshot": screenshot,
    "pdf": pdf,
    "download": download,
}
