"""A route that changes something shows what others wrote to who may read it, and to nobody else."""

import inspect
from enum import Enum
from typing import Any, get_args

import pytest
from fastapi.routing import RouteContext
from pydantic import BaseModel

from control_plane.requests.answers.readable import Readable, shown_to_readers
from fixtures.api.dependants import permissions_before, routes_of
from fixtures.api.unopened_apps import unopened_api
from foundation.domain.permissions import OPERATE, SIGNED, SIGNED_IN

_SENT = "the call has sent all of it, or it is made of what the call has sent"
_NOTHING_OF_OTHERS = {
    "DefinedTask": _SENT,
    "BudgetView": _SENT,
    "RateLimits": _SENT,
    "BudgetPolicy": _SENT,
    "ConcurrencyPolicy": _SENT,
    "EgressPolicy": _SENT,
    "QuotaPolicy": _SENT,
    "ToolSourceView": _SENT,
    "RoleView": _SENT,
    "SecretView": _SENT,
    "UploadView": _SENT,
    "NewInvitationView": _SENT,
    "KeyView": "its one text is the name, which the call has sent; the rest is what the key may do",
    "NewKeyView": "the same, and the key's new text, which is its caller's from now on",
    "EstimateView": "figures of a task that its caller may start, by the names of its steps",
    "Verification": "numbers of rows and codes",
    "OutcomeView": "ids, states and the decision that was sent",
    "LeakView": "names of what was made with a key that its caller may revoke, by which they know it again",
    "RedrivenList": "ids, and why a run was refused another attempt",
    "TenantSwitchView": "its reason is told to everybody whose run it refuses",
}
"""Views that hold no content of the tenant's, or none but the caller's own. Of each it is said why."""
_OF_THE_PLATFORM_OR_ONES_OWN = {OPERATE, SIGNED_IN, SIGNED, "tenant:write"}
"""Whoever changes by one of these reads by it too; but for the tenant itself, which has a permission to be read."""
_NO_CONTENT = {
    "name": "what things are called",
    "step": "what things are called",
    "parent_step": "what things are called",
    "payload_as": "the name of a member",
    "cause": "a code",
    "type": "a code, of an event",
    "pause_reason": "a code",
    "ended_by": "an actor",
    "started_by": "an actor",
    "created_by": "an actor",
    "message_id": "an id",
    "trace_id": "an id",
    "path": "an address of this API, of ids",
    "budget": "figures",
    "usage": "figures",
    "forked_from": "an id, and the name of a step",
    "role": "an id and a name",
    "time_zone": "when it fires",
    "cron": "when it fires",
    "events": "names of kinds of events",
    "secret": "made by the call, and its caller's from now on",
}
"""Members that are texts, or hold any, and are no content."""


def _changing() -> list[tuple[str, RouteContext]]:
    found = [
        (f"{method} {str(route.path).removeprefix('/api/v1')}", route)
        for route in routes_of(unopened_api())
        for method in sorted(route.methods or ())
        if method in {"POST", "PUT", "PATCH", "DELETE"}
    ]
    assert len(found) > 60
    return found


def _views_of(route: RouteContext) -> set[type[BaseModel]]:
    """Of what it answers and of what it may answer: a repeat, or a call that asks for more to be told."""
    said: Any = getattr(route, "responses", None) or {}
    told = {answer.get("model") for status, answer in said.items() if str(status).startswith("2")}
    views = {getattr(route, "response_model", None), *told} - {None}
    assert all(inspect.isclass(view) and issubclass(view, BaseModel) for view in views)
    return views


def test_each_view_that_a_change_answers_with_says_what_its_content_is() -> None:
    unsaid = {
        name: view.__name__
        for name, route in _changing()
        for view in _views_of(route)
        if not issubclass(view, Readable)
        and view.__name__ not in _NOTHING_OF_OTHERS
        and not permissions_before(route) <= _OF_THE_PLATFORM_OR_ONES_OWN
    }
    assert unsaid == {}


def test_no_view_is_excused_that_nobody_answers_with() -> None:
    answered = {view.__name__ for _, route in _changing() for view in _views_of(route)}
    assert set(_NOTHING_OF_OTHERS) <= answered
    assert not {view.__name__ for view in _views()} & set(_NOTHING_OF_OTHERS)


def _views() -> list[type[Readable]]:
    views = {view for _, route in _changing() for view in _views_of(route) if issubclass(view, Readable)}
    return sorted(views, key=lambda view: view.__name__)


def _holds_text(annotation: Any) -> bool:
    """Whether a value of this type may have words in it that somebody wrote."""
    if annotation is Any or annotation is str or annotation is dict:
        return True
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel) and not issubclass(annotation, Enum):
        return any(_holds_text(field.annotation) for field in annotation.model_fields.values())
    return any(_holds_text(one) for one in get_args(annotation) if not isinstance(one, str))


@pytest.mark.parametrize("view", _views(), ids=lambda view: view.__name__)
def test_each_text_of_such_a_view_is_content_or_said_to_be_none(view: type[Readable]) -> None:
    assert set(view.model_fields) >= view.CONTENT
    texts = {name for name, field in view.model_fields.items() if _holds_text(field.annotation)}
    assert texts - view.CONTENT - set(_NO_CONTENT) == set()


@pytest.mark.parametrize("view", _views(), ids=lambda view: view.__name__)
def test_all_content_of_such_a_view_may_be_null(view: type[Readable]) -> None:
    for name in view.CONTENT:
        annotation = view.model_fields[name].annotation
        assert annotation is Any or type(None) in get_args(annotation), name


def test_every_route_of_such_a_view_leaves_it_out() -> None:
    """Each is declared at a router that does; a route of FastAPI's own would not."""
    bare = [
        name
        for name, route in _changing()
        if any(issubclass(view, Readable) for view in _views_of(route))
        and getattr(route.dependant.call, "__code__", None) is not _SHOWN
    ]
    assert bare == []


def _shown_code() -> Any:
    async def route() -> None: ...

    return shown_to_readers(route).__code__


_SHOWN = _shown_code()
