"""What callers read quotes the texts of others by one function, and never as Python would spell them."""

import ast

from architecture.sources import ROOT, python_files, tree_of


def spelled(tree: ast.Module) -> list[int]:
    """The lines in which a value is written as Python would spell it."""
    return sorted(
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.FormattedValue) and node.conversion == ord("r"))
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "repr")
    )


def test_the_rule_sees_both_ways_of_spelling() -> None:
    assert spelled(ast.parse('a = f"{b!r}"\nc = repr(d)\ne = f"{g}"')) == [1, 2]


def test_no_sentence_spells_a_text_as_python_does() -> None:
    files = python_files("services/control_plane", "services/foundation")
    assert len(files) > 400
    found = {str(file.relative_to(ROOT)): lines for file in files if (lines := spelled(tree_of(file)))}
    assert found == {}
