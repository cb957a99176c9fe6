"""A term of the glossary has a definition in whole sentences, and names the file that owns it."""

import re

import pytest

from architecture.documents.test_docs import is_path
from architecture.sources import ROOT

GLOSSARY = ROOT / "docs" / "reference" / "glossary.md"
_ENTRY = re.compile(r"\*\*(?P<term>[^*]+)\.\*\* (?P<definition>.+)", re.DOTALL)
_OWNERS = re.compile(r"(?P<sentences>.*?)\s*(?P<owners>(?:`[^`\n]+`(?:,? (?:and )?|,?\n)?)+)\.?", re.DOTALL)
_FEWEST_WORDS = 4


def entries(text: str) -> list[str]:
    """The paragraphs below the first heading of a section; what stands before explains the page."""
    paragraphs = re.split(r"\n{2,}", text.partition("\n## ")[2])
    return [one.strip() for one in paragraphs[1:] if one.strip() and not one.startswith("## ")]


def faults_of(entry: str) -> list[str]:
    """What an entry lacks of `**Term.** A definition in sentences. owner`."""
    found = _ENTRY.fullmatch(entry)
    if found is None:
        return ["it does not begin with a term in bold letters that ends with a full stop, and a definition"]
    parts = _OWNERS.fullmatch(found["definition"])
    if parts is None or not any(is_path(code.partition(":")[0]) for code in re.findall(r"`([^`]+)`", parts["owners"])):
        return ["it does not end with the file that owns it"]
    faults = []
    if len(parts["sentences"].split()) < _FEWEST_WORDS:
        faults.append("it has no definition")
    if not parts["sentences"].endswith((".", ".)")):
        faults.append("its definition does not end with a full stop")
    return faults


def test_every_term_has_a_definition_and_an_owner() -> None:
    found = entries(GLOSSARY.read_text(encoding="utf-8"))
    assert len(found) > 50
    assert {entry[:40]: faults for entry in found if (faults := faults_of(entry))} == {}


def test_no_term_stands_twice() -> None:
    terms = [found["term"] for one in entries(GLOSSARY.read_text(encoding="utf-8")) if (found := _ENTRY.match(one))]
    assert [term for term in set(terms) if terms.count(term) > 1] == []


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("**Lease** A claim that has an end and is renewed. `schema.sql`", "it does not begin"),
        ("**Lease.**", "it does not begin"),
        ("A lease is a claim that has an end. `schema.sql`", "it does not begin"),
        ("**Lease.** `schema.sql`", "it has no definition"),
        ("**Lease.** A claim. `schema.sql`", "it has no definition"),
        ("**Lease.** A claim that has an end and is renewed `schema.sql`", "its definition does not end"),
        ("**Lease.** A claim that has an end and is renewed.", "it does not end"),
        ("**Lease.** A claim that has an end and is renewed. `steps`", "it does not end"),
    ],
)
def test_a_fault_of_an_entry_is_found(entry: str, fault: str) -> None:
    assert [one for one in faults_of(entry) if one.startswith(fault)] != []


def test_a_good_entry_has_no_fault() -> None:
    assert (
        faults_of("**Lease.** A claim that has an end, and is\nrenewed. `schema.sql`, `foundation/domain/ids.py`") == []
    )
