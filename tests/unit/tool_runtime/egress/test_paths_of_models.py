"""The paths that jobs may ask the gateway for are those that its wires serve for what agents speak."""

from foundation.contracts.gateway.job_access import CALL_PATHS, COUNTING_PATHS, MODELS_PATH
from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.endpoints.models import PATH
from llm_gateway.settings import GatewaySettings
from llm_gateway.wires.registry import WIRES
from tool_runtime.egress.model_door import MAX_BODY

_NOT_FOR_AGENTS = {Dialect.EMBEDDINGS}


def test_every_wire_that_agents_speak_is_there() -> None:
    assert {wire.path for dialect, wire in WIRES.items() if dialect not in _NOT_FOR_AGENTS} == CALL_PATHS
    assert {wire.counting.path for wire in WIRES.values() if wire.counting is not None} == COUNTING_PATHS
    assert PATH == MODELS_PATH


def test_a_body_that_the_gateway_takes_passes() -> None:
    assert GatewaySettings.model_fields["max_body_bytes"].default == MAX_BODY
