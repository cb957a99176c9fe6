"""The HTML of a page as Markdown: the part that is read where it is most of the page, else all of it."""

import re
from typing import Any

from lxml import html as lxml_html
from markdownify import ATX, MarkdownConverter
from readability import Document

from tool_runtime.tools.programs.browser.failures import BrowserStepFailed

ARTICLE_PART, ARTICLE_LETTERS = 0.6, 1000
"""How much of a page's text its article must have, and how long it must be, to stand for the page."""
_UNSEEN = ("script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "canvas", "head")
_BLANKS = re.compile(r"\n{3,}")


class _Converter(MarkdownConverter):  # type: ignore[misc]  # markdownify is installed in the sandbox alone
    """With what a form asks for, by the names that selectors need; pictures that stand in the page itself left out."""

    def convert_img(self, el: Any, text: str, parent_tags: Any) -> str:
        source = el.get("src") or ""
        if source.startswith("data:"):
            return str(el.get("alt") or "")
        return str(super().convert_img(el, text, parent_tags))

    def convert_input(self, el: Any, text: str, parent_tags: Any) -> str:  # noqa: ARG002
        kind = el.get("type") or "text"
        return "" if kind == "hidden" else _field(f"{kind} field", el)

    def convert_textarea(self, el: Any, text: str, parent_tags: Any) -> str:  # noqa: ARG002
        return _field("text area", el) + text

    def convert_button(self, el: Any, text: str, parent_tags: Any) -> str:  # noqa: ARG002
        return f"[button{_named(el)}: {text.strip()}]"

    def convert_td(self, el: Any, text: str, parent_tags: Any) -> str:
        return str(super().convert_td(el, _in_a_cell(text), parent_tags))

    def convert_th(self, el: Any, text: str, parent_tags: Any) -> str:
        return str(super().convert_th(el, _in_a_cell(text), parent_tags))

    def convert_select(self, el: Any, text: str, parent_tags: Any) -> str:  # noqa: ARG002
        options = [one.get_text(strip=True) for one in el.find_all("option")]
        return f"[list{_named(el)}: {' | '.join(options)}]"


def _field(kind: str, el: Any) -> str:
    shown = el.get("placeholder") or el.get("value") or ""
    return f"[{kind}{_named(el)}{': ' + shown if shown and el.get('type') != 'password' else ''}]"


def _in_a_cell(text: str) -> str:
    """A sign that would end the cell stands there as one of its text."""
    return text.replace("|", "\\|")


def _named(el: Any) -> str:
    for attribute in ("name", "id"):
        if el.get(attribute):
            return f" {attribute}={el[attribute]}"
    return ""


def markdown(source: str, url: str, *, whole: bool) -> tuple[str, str]:
    """The text and what it is of: `page`, `article`, or `selection` where the source is not a whole page.

    Raises `BrowserStepFailed` for HTML that cannot be read.
    """
    try:
        tree = lxml_html.document_fromstring(source, parser=lxml_html.HTMLParser(huge_tree=True))
        if not whole:
            return _converted(tree, url), "selection"
        tables = len(tree.xpath("//table"))
        text = _converted(tree, url)
        article = _article(source, url, tables=tables)
        if _letters(article) >= max(ARTICLE_LETTERS, ARTICLE_PART * _letters(text)):
            return article, "article"
        return text, "page"
    except RecursionError:
        raise BrowserStepFailed("too_deep", "the page is nested too deep for Markdown; extract its text") from None
    except Exception as error:  # the libraries give up on odd pages in many ways, none of which is a fault of ours
        raise BrowserStepFailed("unreadable", "the page's HTML cannot be read; extract its text") from error


def _article(source: str, url: str, *, tables: int) -> str:
    """The part of the page that reads as its text; nothing where that would be without one of its tables."""
    try:
        summary = Document(source, url=url).summary(html_partial=True)
    except Exception:  # noqa: BLE001  (readability gives up on pages in many ways; then the whole page is told)
        return ""
    tree = lxml_html.document_fromstring(summary or "<p></p>")
    return _converted(tree, url) if len(tree.xpath("//table")) == tables else ""


def _converted(tree: Any, url: str) -> str:
    for element in tree.xpath("|".join(f"//{name}" for name in _UNSEEN)):
        if element.getparent() is not None:
            element.drop_tree()
    tree.make_links_absolute(url, handle_failures="ignore")
    for link in tree.xpath("//a[@href]"):
        if not link.get("href").startswith(("http://", "https://", "mailto:", "#")):
            del link.attrib["href"]
    made = _Converter(heading_style=ATX, bullets="-", newline_style="backslash", bs4_options="lxml").convert(
        lxml_html.tostring(tree, encoding="unicode")
    )
    return _BLANKS.sub("\n\n", str(made)).strip()


def _letters(text: str) -> int:
    """Without what Markdown adds: the addresses of links, and signs."""
    return len(re.sub(r"\]\([^)]*\)|\W", "", text))
