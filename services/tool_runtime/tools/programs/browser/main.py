"""Makes the steps of `in/browser.json`, and writes what came of them to `out/result.json` after each.

Ends with 0 where all are done, and with 1 where one is not: then the result has an `error` with a code, a detail and
the step.
"""

import asyncio
import contextlib
import json
import os
import pathlib
import sys
import time
from typing import Any

from playwright.async_api import Error, async_playwright

from foundation.contracts.accepted.shown_text import without_hidden
from tool_runtime.tools.programs.alone import closed_to_others, end_all_others
from tool_runtime.tools.programs.browser import page_values
from tool_runtime.tools.programs.browser.failures import BrowserStepFailed, of_playwright, plain_words
from tool_runtime.tools.programs.browser.opening import VIEW, opened
from tool_runtime.tools.programs.browser.report import Report
from tool_runtime.tools.programs.browser.sessions import SAVE_SECONDS, Session
from tool_runtime.tools.programs.browser.steps import ACTIONS, Browsing, Step, answered
from tool_runtime.tools.programs.browser.watch import Watch
from tool_runtime.tools.programs.endings import say, tell, told_error

TOLD = pathlib.Path("/work/in/browser.json")
MARGIN_SECONDS = 2.0
"""Before the job's own end, so that it is told why."""
GRACE_SECONDS = 0.5
TITLE_SECONDS = 1.0
INTERRUPTED = BrowserStepFailed("interrupted", "the job was ended while this step was made; its reason says why")
"""Stands in the result while a step is made, in case that something ends the job."""
_SHOWN_PLACE = 200
_OPENED = ("http://", "https://", "about:blank", "blob:")


async def browse(told: dict[str, Any], report: Report, *, until: float) -> int:
    """The exit code."""
    session = Session(told["session"]) if told.get("session") else None
    try:
        if session is not None:
            session.load()
        async with asyncio.timeout_at(asyncio.get_running_loop().time() + until - time.monotonic()):
            browser = await opened(await async_playwright().start())
            kept = session.state if session else None
            context = await browser.new_context(viewport=VIEW, accept_downloads=True, storage_state=kept)
            page = await context.new_page()
    except TimeoutError:
        report.fail(BrowserStepFailed("timed_out", "the browser did not start in time"), step=None, action=None)
        return 1
    except BrowserStepFailed as failure:
        report.fail(failure, step=None, action=None)
        return 1
    except Error as error:
        of_session = session is not None and session.state is not None and "storage" in str(error).lower()
        code = "bad_session" if of_session else "no_browser"
        report.fail(
            BrowserStepFailed(code, f"the browser did not start: {plain_words(str(error))}"), step=None, action=None
        )
        return 1
    at = Browsing(page, Watch(page, report), report, until=until)
    made = await _resume(at, session, told["steps"]) and await _make(at, told["steps"])
    if session is not None:
        report.session(await session.save(context, page.url))
    return 0 if made else 1


async def _resume(at: Browsing, session: Session | None, steps: list[Step]) -> bool:
    """Go to where the session stood, unless the first step goes elsewhere; whether that could be done."""
    if session is None or "goto" in steps[0]:
        return True
    failure: BrowserStepFailed | None = BrowserStepFailed(
        "no_session", f"there is no session {session.name!r} yet, or it stood nowhere; begin with a goto"
    )
    if session.url is not None and session.url.startswith(("http://", "https://")):
        failure = await _failure(at, "goto", {"goto": session.url}, 0)
        await _look(at)
    if failure is not None:
        at.report.fail(failure, step=None, action="resume")
    return failure is None


async def _make(at: Browsing, steps: list[Step]) -> bool:
    """Whether all steps are done; the first one that is not is told."""
    for number, step in enumerate(steps):
        action = next(name for name in ACTIONS if name in step)
        about = f"step {number + 1} of {len(steps)}: {_about(action, step)}"
        at.report.fail(_placed(INTERRUPTED, about), step=number, action=action)
        at.report.write()
        tell(about)
        failure = await _failure(at, action, step, number)
        await _look(at)
        if failure is not None:
            at.report.fail(_placed(failure, about), step=number, action=action)
            return False
        at.report.step_done()
    return True


def _placed(failure: BrowserStepFailed, about: str) -> BrowserStepFailed:
    return BrowserStepFailed(failure.code, f"{about}: {failure.detail}")


def _about(action: str, step: Step) -> str:
    """The action and where it goes, or on what; never what is typed, which may be a password."""
    given = step[action]
    place = given if isinstance(given, str) else given.get("selector", "") if isinstance(given, dict) else ""
    return f"{action} {' '.join(place.split())[:_SHOWN_PLACE]}".rstrip()


async def _failure(at: Browsing, action: str, step: Step, number: int) -> BrowserStepFailed | None:
    """Why the step was not done; None where it was."""
    seconds = at.begin_step()
    if seconds <= 0:
        return BrowserStepFailed("timed_out", "the time of the call was over before this step")
    work = asyncio.ensure_future(ACTIONS[action](at, step, number))
    broken = asyncio.ensure_future(at.watch.broken.wait())
    # Playwright keeps the time of the step; what it waits for without end is given up a little later.
    done, _ = await asyncio.wait({work, broken}, timeout=seconds + GRACE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    broken.cancel()
    if work not in done:
        work.cancel()
        if done:
            return BrowserStepFailed(at.watch.why_broken, "the page's process ended, or the page was closed by itself")
        return BrowserStepFailed(
            "timed_out", f"the page did not answer within {seconds:.0f} s; a script may keep it busy"
        )
    try:
        work.result()
    except BrowserStepFailed as failure:
        return failure
    except Error as error:
        return of_playwright(str(error))
    except Exception as error:  # noqa: BLE001  (the edge: what nobody has thought of ends the step, in words)
        failed = told_error(error)
        return BrowserStepFailed(failed["code"], failed["detail"])
    if not at.page.url.startswith(_OPENED):
        return BrowserStepFailed(
            "refused_url", f"the page has gone to {at.page.url[:200]}; only http and https are opened"
        )
    return None


async def _look(at: Browsing) -> None:
    """Where the browser stands now."""
    title = None
    # Where a page could not be had, what is shown in its place is Chromium's, and the address still the old one.
    if not at.watch.broken.is_set() and at.watch.failed is None:
        with contextlib.suppress(TimeoutError, BrowserStepFailed):
            title = without_hidden(page_values.text(await asyncio.wait_for(answered(at.page.title()), TITLE_SECONDS)))
    at.report.stands(at.page.url, title, at.watch.status)


def main() -> int:
    closed_to_others()
    began = time.monotonic()
    report = Report()
    try:
        told = json.loads(TOLD.read_bytes())
        margin = MARGIN_SECONDS + (SAVE_SECONDS if told.get("session") else 0)
        code = asyncio.new_event_loop().run_until_complete(
            browse(told, report, until=began + max(told["seconds"] - margin, MARGIN_SECONDS))
        )
    except Exception as error:  # noqa: BLE001 - the edge: what nobody foresaw is told, next to what there was by then
        failed = told_error(error)
        report.fail(BrowserStepFailed(failed["code"], failed["detail"]), step=None, action=None)
        code = 1
    # What a page may have taken over does not have the last word.
    end_all_others()
    report.write()
    if code and (error_told := report.error):
        say(f"{error_told['code']}: {error_told['detail']}")
    # The sandbox ends what runs; to close a browser in order would take longer, and one that hangs for ever.
    sys.stdout.flush()
    os._exit(code)
