"""A request's body as the caller wrote it, JSON or YAML, with the place of what cannot be read."""

import json
from typing import Any, NoReturn

import yaml
from fastapi import Request

from foundation.domain.errors import BadRequest, Fault

YAML_TYPES = frozenset({"application/yaml", "application/x-yaml", "text/yaml"})


async def document_of(request: Request) -> Any:
    """The body's value; `BadRequest` names line and column of what is malformed."""
    body = await request.body()
    content_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if not body.strip():
        raise BadRequest("the body is empty", remedy="send a JSON object, or YAML as application/yaml")
    if content_type in YAML_TYPES:
        return _yaml(body)
    if content_type == "application/json":
        return _json(body)
    raise BadRequest(f"the content type {content_type!r} is not read here", remedy="send application/json or YAML")


def _json(body: bytes) -> Any:
    def no_constant(name: str) -> NoReturn:
        raise BadRequest(f"{name} is not JSON")

    try:
        return json.loads(body, parse_constant=no_constant)
    except json.JSONDecodeError as error:
        raise BadRequest(f"malformed JSON at line {error.lineno}, column {error.colno}: {error.msg}") from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise BadRequest("malformed JSON: not UTF-8, or nested too deeply") from error


def _yaml(body: bytes) -> Any:
    try:
        for event in yaml.parse(body, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.AliasEvent):
                # A few aliases of aliases unfold into more than any memory holds.
                line = event.start_mark.line + 1 if event.start_mark else 0
                place = Fault(f"line {line}", "aliases are not read here")
                raise BadRequest("YAML aliases are not read here", faults=(place,), remedy="write the value out")
        return yaml.load(body, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise BadRequest(f"malformed YAML{where}: {error.problem}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadRequest(f"malformed YAML: {error}") from error
