"""What a call has given so far, within bounds; written down with each step, so that no end of the job loses it."""

import pathlib
from typing import Any

from tool_runtime.tools.programs.browser.failures import BrowserStepFailed
from tool_runtime.tools.programs.endings import OUT, ActionFailed
from tool_runtime.tools.programs.results import Room, beginning, clean, error_of, write_result

MIB = 1024 * 1024
EXTRACTED = "extracted"
SHOWN_TEXT = 64 * 1024
SHOWN_TEXTS = 160 * 1024
"""Bytes of one extracted text, and of all of them, that stand in the result; the rest is a file."""
SHOWN_ITEMS = 20
BY_THEMSELVES_BYTES = 32 * 1024
"""Of the lists of what pages did by themselves, together."""
SHOWN_URL, SHOWN_WORDS = 2000, 500
"""Bytes of an address and of other words."""
FILES_BYTES = 60 * MIB
"""Of all files together; a job may leave 64 MiB."""
_ENDINGS = {"markdown": "md", "text": "txt", "html": "html"}


class Report:
    """The result as it stands."""

    def __init__(self, folder: pathlib.Path = OUT) -> None:
        self._folder = folder
        self._told: dict[str, Any] = {
            **dict.fromkeys(("url", "title", "status", "session", "error")),
            **{name: [] for name in ("extracted", "saved", "dialogs", "popups", "unreached")},
            "steps_done": 0,
            "left_out": {},
        }
        self._texts, self._by_themselves = Room(SHOWN_TEXTS), Room(BY_THEMSELVES_BYTES)
        self._bytes_left = FILES_BYTES

    @property
    def steps_done(self) -> int:
        return int(self._told["steps_done"])

    @property
    def bytes_left(self) -> int:
        """How large one more file may be."""
        return self._bytes_left

    @property
    def error(self) -> dict[str, Any] | None:
        """Why the call has failed, if it has by now."""
        found: dict[str, Any] | None = self._told["error"]
        return found

    def step_done(self) -> None:
        self._told["steps_done"] += 1
        self._told["error"] = None

    def stands(self, url: str, title: str | None, status: int | None) -> None:
        """Where the browser is; a title that could not be read stays as it was, unless the page is another one."""
        url = beginning(url, SHOWN_URL)
        if title is not None or url != self._told["url"]:
            self._told["title"] = None if title is None else beginning(title, SHOWN_WORDS)
        self._told |= {"url": url, "status": status}

    def add(self, name: str, item: Any) -> None:
        """To one of the lists; the first ones are told, the others counted."""
        if item in self._told[name]:
            return
        if len(self._told[name]) < SHOWN_ITEMS and self._by_themselves.takes(item):
            self._told[name].append(item)
        else:
            self._told["left_out"][name] = self._told["left_out"].get(name, 0) + 1

    def session(self, told: dict[str, Any]) -> None:
        """What became of the session of the call."""
        self._told["session"] = told

    def fail(self, failure: ActionFailed, *, step: int | None, action: str | None) -> None:
        self._told["error"] = {**error_of(failure.code, failure.detail), "step": step, "action": action}

    def extract(self, step: int, kind: str, of: str, text: str, *, cut: bool) -> None:
        """Raises `BrowserStepFailed` where the whole text does not fit into the files either."""
        text = clean(text)
        shown = self._texts.text(beginning(text, SHOWN_TEXT))
        file = None
        if shown != text or cut:
            file = f"{EXTRACTED}/{step}.{_ENDINGS[kind]}"
            self._write(file, text.encode())
        entry = {"step": step, "format": kind, "of": of, "text": shown, "truncated": shown != text or cut}
        self._told["extracted"].append({**entry, "file": file})

    def save(self, step: int, name: str, content: bytes, *, truncated: bool = False) -> None:
        """A file that becomes an artifact. Raises `BrowserStepFailed` where there is no room for it."""
        self._write(name, content)
        self._told["saved"].append({"step": step, "name": name, "size": len(content), "truncated": truncated})

    def free_name(self, name: str) -> str:
        """The name, or the next one like it that no file has yet."""
        stem, dot, ending = name.rpartition(".")
        stem, ending = (stem, dot + ending) if stem else (name, "")
        found, number = name, 1
        while (self._folder / found).exists():
            number += 1
            found = f"{stem} ({number}){ending}"
        return found

    def _write(self, name: str, content: bytes) -> None:
        if len(content) > self._bytes_left:
            raise BrowserStepFailed(
                "too_large", f"{name} has {len(content)} bytes; {self._bytes_left} are left for the files of this call"
            )
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self._bytes_left -= len(content)

    def write(self) -> None:
        """As the result of the job, at once and whole."""
        write_result(self._told, self._folder)
