"""The gateway's models in the form that OpenAI's clients read."""

from llm_gateway.wires.openai.models import list_models


def test_each_model_has_every_member_that_clients_require() -> None:
    assert list_models(["default", "small"]) == {
        "object": "list",
        "data": [
            {"id": "default", "object": "model", "created": 0, "owned_by": "lockstep"},
            {"id": "small", "object": "model", "created": 0, "owned_by": "lockstep"},
        ],
    }
    assert list_models([]) == {"object": "list", "data": []}
