import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.tenant_switch_view import TenantSwitchView


def call() -> Call[TenantSwitchView]:
    """`get_kill_switch`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/kill-switch",
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> TenantSwitchView:
    if response.status_code == 200:
        response_200 = TenantSwitchView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
