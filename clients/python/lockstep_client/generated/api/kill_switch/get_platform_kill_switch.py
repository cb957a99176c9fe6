import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.kill_switch_view import KillSwitchView


def call() -> Call[KillSwitchView]:
    """`get_platform_kill_switch`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/operations/kill-switch",
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> KillSwitchView:
    if response.status_code == 200:
        response_200 = KillSwitchView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
