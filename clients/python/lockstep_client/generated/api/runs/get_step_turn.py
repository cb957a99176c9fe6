from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.turn_view import TurnView
from ...types import UNSET, Unset


def call(
    run_id: UUID,
    name: str,
    turn: int,
    *,
    break_glass_access: UUID | Unset = UNSET,
) -> Call[TurnView]:
    """`get_step_turn`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(break_glass_access, Unset):
        headers["Break-Glass-Access"] = break_glass_access

    return Call(
        method="GET",
        url="/api/v1/runs/{run_id}/steps/{name}/turns/{turn}".format(
            run_id=quote(str(run_id), safe=""),
            name=quote(str(name), safe=""),
            turn=quote(str(turn), safe=""),
        ),
        parse=_parsed,
        headers=headers,
    )


def _parsed(response: httpx.Response) -> TurnView:
    if response.status_code == 200:
        response_200 = TurnView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
