"""Makes a small JSON value that a JSON schema accepts."""

import math
from collections.abc import Iterable
from typing import Any

_TEXT = "simulated"
_FORMATS = {
    "date": "2026-11-21",
    "date-time": "2026-11-21T10:00:00Z",
    "email": "simulated@example.com",
    "hostname": "example.com",
    "time": "10:00:00Z",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


class NoInstance(ValueError):
    """No finite value satisfies the schema, as far as this module understands it."""


def instance_of(schema: dict[str, Any]) -> Any:
    """A value that the schema accepts; `pattern` and `not` are ignored. `NoInstance` if the schema never ends."""
    return _instance(schema, schema, frozenset())


def _instance(schema: Any, root: dict[str, Any], inside: frozenset[str]) -> Any:
    if not isinstance(schema, dict):
        return _TEXT
    if (reference := schema.get("$ref")) is not None:
        if reference in inside:
            raise NoInstance(f"{reference} contains itself")
        return _instance(_resolved(reference, root), root, inside | {reference})
    if "const" in schema or schema.get("enum"):
        return schema["const"] if "const" in schema else schema["enum"][0]
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return _first(options, root, inside)
    if parts := schema.get("allOf"):
        return _instance(_together(schema, parts, root), root, inside)
    kind = _kind(schema)
    if kind == "object":
        return _object(schema, root, inside)
    if kind == "array":
        return _array(schema, root, inside)
    return _scalar(kind, schema)


def _kind(schema: dict[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = kind[0]
    return str(kind or ("object" if "properties" in schema else "array" if "items" in schema else "string"))


def _first(options: Iterable[Any], root: dict[str, Any], inside: frozenset[str]) -> Any:
    problem = NoInstance("no option")
    for option in options:
        try:
            return _instance(option, root, inside)
        except NoInstance as error:
            problem = error
    raise problem


def _together(schema: dict[str, Any], parts: list[Any], root: dict[str, Any]) -> dict[str, Any]:
    """One schema that has the members of all parts of an `allOf`."""
    merged: dict[str, Any] = {name: value for name, value in schema.items() if name != "allOf"}
    for part in parts:
        resolved = _resolved(part["$ref"], root) if "$ref" in part else part
        properties = {**merged.get("properties", {}), **resolved.get("properties", {})}
        required = [*merged.get("required", []), *resolved.get("required", [])]
        merged |= resolved
        if properties:
            merged |= {"properties": properties, "required": required}
    return merged


def _object(schema: dict[str, Any], root: dict[str, Any], inside: frozenset[str]) -> dict[str, Any]:
    required = schema.get("required", [])
    members = {}
    for name, member in schema.get("properties", {}).items():
        try:
            members[name] = _instance(member, root, inside)
        except NoInstance:
            if name in required:
                raise
    return {**{name: _TEXT for name in required if name not in members}, **members}


def _array(schema: dict[str, Any], root: dict[str, Any], inside: frozenset[str]) -> list[Any]:
    if "prefixItems" in schema:
        return [_instance(item, root, inside) for item in schema["prefixItems"]]
    least = schema.get("minItems", 0)
    try:
        item = _instance(schema.get("items", {}), root, inside)
    except NoInstance:
        if least:
            raise
        return []
    return [item] * min(max(least, 1), schema.get("maxItems", max(least, 1)))


def _scalar(kind: str, schema: dict[str, Any]) -> Any:
    match kind:
        case "null":
            return None
        case "boolean":
            return True
        case "integer":
            return math.floor(_number(schema))
        case "number":
            return _number(schema)
        case _:
            text = _FORMATS.get(schema.get("format", ""), _TEXT)
            return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength")]


def _number(schema: dict[str, Any]) -> float:
    step = schema.get("multipleOf", 1)
    low = max(schema.get("minimum", -math.inf), schema.get("exclusiveMinimum", -math.inf) + step)
    high = min(schema.get("maximum", math.inf), schema.get("exclusiveMaximum", math.inf) - step)
    if low > high:
        # No multiple of the step lies between the bounds, so a fraction between them is taken.
        low = max(schema.get("minimum", -math.inf), schema.get("exclusiveMinimum", -math.inf))
        high = min(schema.get("maximum", math.inf), schema.get("exclusiveMaximum", math.inf))
        return float(low + high) / 2
    value = min(max(1, low), high)
    return float(value) if "multipleOf" not in schema else float(math.ceil(value / step) * step)


def _resolved(reference: str, root: dict[str, Any]) -> dict[str, Any]:
    target: Any = root
    for name in reference.removeprefix("#").strip("/").split("/"):
        if name:
            target = target.get(name.replace("~1", "/").replace("~0", "~")) if isinstance(target, dict) else None
    if not isinstance(target, dict):
        raise NoInstance(f"{reference} is not in the schema")
    return target
