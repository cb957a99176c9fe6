"""docs/reference/events.md has every type of event that the code writes, with the members of its data."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from foundation.contracts.run_events import RunEnded, RunEvent, StepEvent
from foundation.domain.run_events import ENDINGS, RunEventType

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "events.md").read_text(encoding="utf-8")


def kinds(above: type[RunEvent] = RunEvent) -> Iterator[type[RunEvent]]:
    for kind in above.__subclasses__():
        yield kind
        yield from kinds(kind)


def types_of(kind: type[RunEvent]) -> list[str]:
    if kind is StepEvent:
        return []
    return sorted(ENDINGS) if kind is RunEnded else [kind.type]


def members(kind: type[RunEvent]) -> str:
    """Each member of the data as the page has it: its name, in brackets where it may be left out, and its JSON type."""
    schema = kind.model_json_schema(by_alias=True, mode="serialization")
    own = {field.alias or name for name, field in kind.model_fields.items() if not field.exclude}
    required = set(schema.get("required", []))
    shown = [
        f"{f'`{name}`' if name in required else f'[`{name}`]'} {json_type(one, schema)}"
        for name, one in schema.get("properties", {}).items()
        if name in own
    ]
    return ", ".join(shown) or "none"


def json_type(one: dict[str, Any], schema: dict[str, Any]) -> str:
    if "$ref" in one:
        return json_type(schema["$defs"][one["$ref"].rpartition("/")[2]], schema)
    if "anyOf" in one:
        return " or ".join(dict.fromkeys(json_type(each, schema) for each in one["anyOf"]))
    if "enum" in one:
        return "one of " + "/".join(str(each) for each in one["enum"])
    if one.get("type") == "array":
        return f"list of {json_type(one['items'], schema)}"
    return {"date-time": "time", "uuid": "id"}.get(one.get("format", ""), str(one.get("type", "any JSON")))


def expected() -> dict[str, str]:
    return {one: members(kind) for kind in kinds() for one in types_of(kind)}


def told() -> dict[str, str]:
    """Type and members of each row of the page's tables of types."""
    return dict(re.findall(r"^\| `((?:run|step)\.[a-z_]+)` \| (.+?) \| [^|]+ \|$", PAGE, re.MULTILINE))


def test_every_type_is_written_by_some_model() -> None:
    assert set(expected()) == set(RunEventType)


def test_the_page_tells_every_type_with_the_members_of_its_data() -> None:
    missing = {name: row for name, row in expected().items() if told().get(name) != row}
    assert missing == {}, "rows to be written or mended"


def test_the_page_tells_of_no_type_that_is_gone() -> None:
    assert set(told()) - set(expected()) == set()
