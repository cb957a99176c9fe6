"""Where a link of a workspace leads: walked as the kernel walks it, below `/work`."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tool_runtime.sandbox.inside.workspace import fault_of_link

OUT = "a link that leads out of the workspace"
LINKS = {
    b"d/self": b".",
    b"d/up": b"..",
    b"d/top": b"/work",
    b"plain": b"d/e/f",
    b"through": b"d/self/e/../up/d",
    b"dangling": b"none/../none",
    b"absolute": b"/work/d//./e",
    b"above": b"..",
    b"root": b"d/self/../..",
    b"other": b"d/up/..",
    b"third": b"d/top/../x",
    b"etc": b"/etc",
    b"beside": b"/workshop",
    b"behind": b"etc/passwd",
    b"d/e/far": b"../../../x",
    b"d/e/near": b"../../x",
}


@pytest.mark.parametrize("name", LINKS)
def test_a_link_stays_inside_or_is_told_to_lead_out(name: bytes) -> None:
    leads_out = name in {b"above", b"root", b"other", b"third", b"etc", b"beside", b"behind", b"d/e/far"}
    assert fault_of_link(name, LINKS.get) == (OUT if leads_out else None)


def test_no_more_links_are_followed_than_the_kernel_follows() -> None:
    chain = {b"%d" % n: b"%d" % (n + 1) for n in range(50)}
    assert fault_of_link(b"10", chain.get) is None
    assert "more than 40 links" in (fault_of_link(b"9", chain.get) or "")
    wide = {b"a": b"x/../" * 600, b"b": b"a/" + b"x/../" * 600}
    assert fault_of_link(b"a", wide.get) is None
    assert "4096 bytes" in (fault_of_link(b"b", wide.get) or "")


@pytest.mark.parametrize(
    "links",
    [
        {b"a": b"a"},
        {b"a": b"b/../..", b"b": b"a"},
        {b"a": b"./b/x", b"b": b"d/c/y", b"d/c": b"../a/../../.."},
        {b"a": b"b", b"b": b"c/../c", b"c": b"b/.."},
    ],
)
def test_links_that_lead_back_to_themselves_are_carried_as_they_lead_nowhere(links: dict[bytes, bytes]) -> None:
    assert {fault_of_link(name, links.get) for name in links} == {None}


def test_a_link_that_is_walked_twice_does_not_lead_back_to_itself() -> None:
    links = {b"a": b"d/self/self/self/../..", b"d/self": b"."}
    assert fault_of_link(b"a", links.get) == OUT
    assert fault_of_link(b"a", {**links, b"a": b"d/self/self/.."}.get) is None


PARTS = st.lists(st.sampled_from(["..", ".", "a", "b", "a", "b"]), min_size=1, max_size=6).map("/".join)


@settings(max_examples=150)
@given(links=st.dictionaries(st.sampled_from(["a", "b", "d/a", "d/b", "d/e/a"]), PARTS, max_size=5))
def test_what_is_carried_leads_where_the_kernel_says_and_lets_what_it_leads_through_be_carried(
    tmp_path_factory: pytest.TempPathFactory, links: dict[str, str]
) -> None:
    top = tmp_path_factory.mktemp("walked")
    root = top / "work"
    (root / "d" / "e").mkdir(parents=True)
    for name, target in links.items():
        (root / name).symlink_to(target)
    said = {os.fsencode(name): os.fsencode(target) for name, target in links.items()}
    carried = {name: target for name, target in said.items() if fault_of_link(name, said.get) is None}
    assert [name for name in carried if fault_of_link(name, carried.get) is not None] == []
    for place in (root / os.fsdecode(name) for name in carried):
        if place.exists():
            assert Path(os.path.realpath(place)).is_relative_to(root.resolve())
