"""JSON schemas in the form that each vendor takes."""

from collections.abc import Iterator, Mapping
from typing import Any

_PLACES = ("properties", "$defs", "definitions")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")


def is_strict(schema: Mapping[str, Any] | None) -> bool:
    """Whether OpenAI takes a schema with `strict`: every object is closed and requires all of its properties."""
    return schema is not None and all(
        one.get("additionalProperties") is False and set(one.get("required") or ()) == set(one.get("properties") or ())
        for one in _within(schema)
        if _is_object(one)
    )


def closed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with every object closed where it leaves that open, as Anthropic asks for: what fits it still does."""
    closed_schema = {name: _closed(name, value) for name, value in schema.items()}
    if _is_object(closed_schema):
        closed_schema.setdefault("additionalProperties", False)
    return closed_schema


def _closed(name: str, value: Any) -> Any:
    if name in _PLACES and isinstance(value, Mapping):
        return {key: closed(one) if isinstance(one, Mapping) else one for key, one in value.items()}
    if name in _LISTS and isinstance(value, list):
        return [closed(one) if isinstance(one, Mapping) else one for one in value]
    return closed(value) if name == "items" and isinstance(value, Mapping) else value


def _is_object(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "object" or "properties" in schema


def _within(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The schema and all that are in it."""
    yield schema
    inner: list[Any] = [one for place in _PLACES for one in (schema.get(place) or {}).values()]
    inner += [one for place in _LISTS for one in schema.get(place) or ()]
    inner.append(schema.get("items"))
    for one in inner:
        if isinstance(one, Mapping):
            yield from _within(one)
