from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.certificate_view import CertificateView


def call(
    deletion_id: UUID,
) -> Call[CertificateView]:
    """`get_deletion_certificate`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/deletion-certificates/{deletion_id}".format(
            deletion_id=quote(str(deletion_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> CertificateView:
    if response.status_code == 200:
        response_200 = CertificateView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
