"""Repair: a JSONPath is parsed once, not at every use.

LocalStack parses the same few paths of a state machine again in each state, and the parser builds its tables each
time: 7 ms of CPU a path, which is most of the cost of an execution.
"""

import functools

from localstack.runtime import hooks

_PATHS = 4096


@hooks.on_infra_start()
def parse_each_path_once() -> None:
    from localstack.services.stepfunctions.asl.utils import json_path  # noqa: PLC0415

    json_path.parse = functools.lru_cache(maxsize=_PATHS)(json_path.parse)
