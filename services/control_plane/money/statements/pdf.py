"""Draws a statement as PDF, on as many pages as it takes."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

from control_plane.money.statements.schemas import (
    MonthlyStatement,
    NotFinal,
    StatementLine,
    StatementLines,
    StatementSums,
)

PDF_LINES = 60
"""Lines by model, by user and by task, each; what comes after them is one line that says how many it adds up."""

_FONT = "Source Sans Pro"
_FOLDER = Path(str(files("font_source_sans_pro"))) / "files"
_WIDTHS = (76, 18, 24, 24, 24, 24)
_HEAD = ("attempts", "tokens", "charged $", "corrected $", "total $")
_ROW = 5
_REASONS = {
    NotFinal.MONTH_OPEN: "the month has not ended",
    NotFinal.SETTLING: "providers may still report what was used in its last days",
    NotFinal.OPEN_RUNS: "runs that called models in it are not settled",
    NotFinal.BOUND_CHARGES: "some calls are charged at the most that they could cost, until their use is known",
}


def draw(statement: MonthlyStatement) -> bytes:
    """The statement as a PDF file; a character that its font lacks is written as its code point, like [U+4E2D]."""
    paper = _Paper(statement)
    paper.headline(statement)
    for title, lines in (
        ("By model", statement.by_model),
        ("By task", statement.by_task),
        ("By user", statement.by_user),
        ("By day", statement.by_day),
    ):
        paper.section(title, lines)
    return bytes(paper.output())


class _Paper(FPDF):
    """Pages with their numbers, in one font."""

    def __init__(self, statement: MonthlyStatement) -> None:
        super().__init__(format="A4")
        # No word of a name stands for the number of pages.
        self.str_alias_nb_pages = ""
        self.set_creation_date(statement.as_of)
        self.set_title(f"Statement {statement.month}")
        self.add_font(_FONT, "", _FOLDER / "SourceSansPro-Regular.ttf")
        self.add_font(_FONT, "B", _FOLDER / "SourceSansPro-Semibold.ttf")
        self.set_auto_page_break(auto=True, margin=16)
        self.set_margin(10)
        self.set_font(_FONT, size=9)
        font = self.current_font
        self._known = frozenset(font.cmap) if isinstance(font, TTFFont) else frozenset()
        self._foot = f"{statement.tenant_id} · {statement.month} · {'final' if statement.final else 'NOT FINAL'}"
        self.add_page()

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(_FONT, size=8)
        self.cell(0, 5, f"{self._foot} · page {self.page_no()}", align="C")

    def headline(self, statement: MonthlyStatement) -> None:
        sums = statement.sums
        self._line(f"Statement {statement.month}", size=18, height=10, bold=True)
        self._line(f"{self._shown(statement.tenant)} ({statement.tenant_id})", size=11, height=7)
        self._line(f"{statement.first_day} to {statement.last_day}, days of {statement.time_zone}", size=9)
        self._line(f"as the ledger had it on {statement.as_of:%Y-%m-%d %H:%M:%S} UTC", size=9)
        if statement.final:
            self._line("These figures are final.", size=9, bold=True)
        else:
            self._line("NOT FINAL: these figures may still change.", size=9, bold=True)
            for why in statement.not_final_because:
                self._line(f"· {_REASONS[why]}", size=9)
        self.ln(3)
        self._line(f"Charged      $ {sums.charged_usd}", size=11, height=6)
        self._line(f"Corrected    $ {sums.corrected_usd}", size=11, height=6)
        self._line(f"Total        $ {sums.total_usd}", size=11, height=6, bold=True)

    def section(self, title: str, lines: StatementLines) -> None:
        self.ln(4)
        self._row((title, *_HEAD), bold=True)
        for name, sums in self._named(lines):
            self._row((name, *_cells(sums)))

    def _named(self, lines: StatementLines) -> Iterator[tuple[str, StatementSums]]:
        for one in lines.items:
            yield self._cut(self._shown(_name_of(one))), one
        if lines.others is not None:
            yield f"{lines.others.lines} others, added up", lines.others

    def _row(self, cells: tuple[str, ...], *, bold: bool = False) -> None:
        self.set_font(_FONT, "B" if bold else "", size=8)
        for place, (width, text) in enumerate(zip(_WIDTHS, cells, strict=True)):
            self.cell(width, _ROW, text, border="B", align="R" if place else "L")
        self.ln(_ROW)

    def _line(self, text: str, *, size: int, height: int = 5, bold: bool = False) -> None:
        self.set_font(_FONT, "B" if bold else "", size=size)
        self.multi_cell(0, height, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _shown(self, text: str) -> str:
        return "".join(one if ord(one) in self._known else f"[U+{ord(one):04X}]" for one in text)

    def _cut(self, text: str) -> str:
        """As much of a name's beginning as fits, with dots where its end is missing; JSON has it whole."""
        self.set_font(_FONT, size=8)
        shown = text
        while self.get_string_width(shown) > _WIDTHS[0] - 2:
            text = text[: len(text) * 9 // 10]
            shown = f"{text} …"
        return shown


def _name_of(line: StatementLine) -> str:
    if line.model is not None:
        return f"{line.provider} {line.model}"
    if line.day is not None:
        return str(line.day)
    return line.task or line.user or str(line.task_id or line.user_id or "of none: calls outside of runs")


def _cells(sums: StatementSums) -> tuple[str, ...]:
    return str(sums.attempts), str(sums.tokens), sums.charged_usd, sums.corrected_usd, sums.total_usd
