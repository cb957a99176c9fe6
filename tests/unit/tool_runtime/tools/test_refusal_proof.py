"""A refusal is the proxy's where its proof is of this key, this reason and this host; servers send what they like."""

import pytest

from foundation.contracts.gateway.job_access import MODEL_HOST
from tool_runtime.tools.programs.refusal_proof import (
    KEY_VARIABLE,
    OF_THE_PLATFORM,
    PROOF,
    REASON,
    proof_of,
    proven_reason,
    told_refusal,
)

PROVEN = {REASON: "unreachable", PROOF: proof_of("key", "unreachable", "a.example")}


@pytest.fixture(autouse=True)
def of_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "key")


@pytest.mark.parametrize("host", ["a.example", "A.Example", "a.example."])
def test_the_proxys_is_known_however_the_host_was_written(host: str) -> None:
    assert proven_reason(PROVEN, host) == "unreachable"


@pytest.mark.parametrize("host", ["a.example", None])
def test_so_is_one_of_a_request_whose_host_it_could_not_read(host: str | None) -> None:
    assert proven_reason({REASON: "malformed", PROOF: proof_of("key", "malformed", "")}, host) == "malformed"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {REASON: "unreachable"},
        {REASON: "unreachable", PROOF: ""},
        {REASON: "unreachable", PROOF: "caf\xe9 \udcff"},
        {**PROVEN, REASON: "host_not_allowed"},
        {**PROVEN, PROOF: proof_of("another", "unreachable", "a.example")},
        {**PROVEN, PROOF: proof_of("key", "unreachable", "b.example")},
        {**PROVEN, PROOF: proof_of("key", "unreachable", "a.example").upper()},
    ],
)
def test_what_a_server_can_send_is_none(headers: dict[str, str]) -> None:
    assert proven_reason(headers, "a.example") is None


@pytest.mark.parametrize("key", [None, ""])
def test_without_a_key_nothing_is_believed(monkeypatch: pytest.MonkeyPatch, key: str | None) -> None:
    monkeypatch.delenv(KEY_VARIABLE)
    if key is not None:
        monkeypatch.setenv(KEY_VARIABLE, key)
    assert proven_reason({REASON: "unreachable", PROOF: proof_of("", "unreachable", "a.example")}, "a.example") is None


def test_the_platforms_own_name_is_not_said_to_be_missing_in_the_tasks_egress() -> None:
    assert OF_THE_PLATFORM == MODEL_HOST
    assert "platform's own" in told_refusal("host_not_allowed", "LLM.gateway.internal.")
    assert "add it there" in told_refusal("host_not_allowed", "a.example")
