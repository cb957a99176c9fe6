"""A class's name says which one is meant, in whatever service it is read."""

import ast
from collections import defaultdict
from pathlib import Path

SERVICES = Path(__file__).parents[2] / "services"
VENDORS_WORDS = ("llm_gateway/wires/", "llm_gateway/translation/")
"""Where classes are called what a vendor calls them in its own documents: `Message`, `Tool`, `Part`."""


def test_no_public_class_has_the_name_of_another() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for file in sorted(SERVICES.rglob("*.py")):
        path = file.relative_to(SERVICES).as_posix()
        if path.startswith(VENDORS_WORDS):
            continue
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(path)
    assert len(places) > 200
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}, "qualify them by a noun"
