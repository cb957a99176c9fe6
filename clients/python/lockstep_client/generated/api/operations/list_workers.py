import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.worker_list import WorkerList


def call() -> Call[WorkerList]:
    """`list_workers`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/workers",
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> WorkerList:
    if response.status_code == 200:
        response_200 = WorkerList.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
