"""Shows the content of a view to who may read it, whatever route answers with the view.

A route that changes something answers with what it has changed, for which its caller needs no permission to read: to
send `{}`, or a call once more, would be enough to read what others wrote. So a view says which of its members are
content and which permission reads them, and each router leaves them out of the answers to all others.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any, ClassVar, ParamSpec, TypeVar

from pydantic import BaseModel

from control_plane.identity.callers import ApiCaller, Operator
from foundation.domain.permissions import Permission

P = ParamSpec("P")
T = TypeVar("T")


class Readable(BaseModel):
    """A view with content: what members and programs of the tenant wrote. It is null for who may not read it.

    Ids, states, moments, figures and names of things are no content: who changes a thing has to know it again.
    """

    READ_BY: ClassVar[Permission]
    CONTENT: ClassVar[frozenset[str]]


def shown_to_readers(endpoint: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """The function of a route, whose answer has no content that its `caller` may not read."""

    @wraps(endpoint)
    async def shown(*args: P.args, **sent: P.kwargs) -> T:
        answer = await endpoint(*args, **sent)
        if not isinstance(answer, Readable) or not (hidden := hidden_from(sent.get("caller"), type(answer))):
            return answer
        return answer.model_copy(update=dict.fromkeys(hidden))

    return shown


def shown_again(view: object, caller: ApiCaller | Operator, answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer that was kept, as it is shown to this caller, who need not be the one who had it first."""
    return {**answer, **dict.fromkeys(hidden_from(caller, view))}


def shown_members(view: type[Readable], caller: ApiCaller | Operator, members: Mapping[str, Any]) -> dict[str, Any]:
    """Members of a view as a refusal tells them to this caller: it, too, has no content that they may not read."""
    hidden = hidden_from(caller, view)
    return {name: None if name in hidden else value for name, value in members.items()}


def hidden_from(caller: object, view: object) -> frozenset[str]:
    """The members of a view that this caller may not read; what a view holds is asked of members of a tenant alone."""
    if not isinstance(caller, ApiCaller) or not (isinstance(view, type) and issubclass(view, Readable)):
        return frozenset()
    return frozenset() if view.READ_BY in caller.grant.permissions else view.CONTENT
