"""Notifies the supervisor that an object or a secret was written, so that it exports it.

LocalStack's community edition loses everything when it ends. Instead of listing its content again and again, the
supervisor watches one file, whose time of change this hook sets.
"""

import os
from pathlib import Path
from typing import Any

from localstack.runtime import hooks

_SERVICES = {"s3", "secretsmanager"}
_READS = ("Get", "List", "Head", "Describe", "BatchGet")
_FIRST_ERROR = 400


@hooks.on_infra_start()
def mark_object_writes() -> None:
    place = os.environ.get("LOCKSTEP_OBJECT_WRITES_FILE")
    if not place:
        return
    from localstack.aws import handlers  # noqa: PLC0415

    mark = Path(place)

    def touch_after_a_write(_chain: Any, context: Any, response: Any) -> None:
        if context.service is None or context.operation is None:
            return
        wrote = context.service.service_name in _SERVICES and not context.operation.name.startswith(_READS)
        if wrote and response.status_code < _FIRST_ERROR:
            mark.touch()

    handlers.run_custom_response_handlers.append(touch_after_a_write)
