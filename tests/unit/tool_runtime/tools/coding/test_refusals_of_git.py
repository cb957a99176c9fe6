"""A refusal of the job's proxy is found in what git writes down of its requests, and a server can pretend none."""

import pytest

from foundation.contracts.egress.records import EgressReason
from tool_runtime.tools.programs.git.refusals import refusal_in
from tool_runtime.tools.programs.refusal_proof import KEY_VARIABLE, WORDS, proof_of

PROOF = proof_of("key", "host_not_allowed", "a.example")
A, B = "GET http://a.example/ HTTP/1.1", "GET http://b.example/ HTTP/1.1"
ANSWER = f"""\
10:23:56.193831 http.c:672              <= Recv header, 0000000021 bytes (0x00000015)
10:23:56.193821 http.c:684              <= Recv header: HTTP/1.1 403 Forbidden: host_not_allowed
10:23:56.193830 http.c:684              <= Recv header: X-Egress-Reason: host_not_allowed
10:23:56.193832 http.c:684              <= Recv header: x-egress-proof: {PROOF}
10:23:56.193837 http.c:684              <= Recv header:
"""
TOLD = "host_not_allowed: the task's `egress` does not name this host; add it there (a.example)"


def asked(line: str) -> str:
    return f"10:23:56.193786 http.c:684              => Send header: {line}\n"


@pytest.fixture(autouse=True)
def of_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "key")


@pytest.mark.parametrize(
    "line",
    [
        "GET http://a.example/x.git/info/refs?y HTTP/1.1",
        "CONNECT a.example:443 HTTP/1.1",
        "POST http://A.example:80/ HTTP/1.1",
    ],
)
def test_the_proxys_is_told_with_its_host(line: str) -> None:
    found = refusal_in(asked(B) + asked(line) + ANSWER)
    assert found is not None
    assert (found.code, found.detail) == ("egress_denied", TOLD)


@pytest.mark.parametrize(
    "heads",
    [
        "",
        "nothing of the kind",
        ANSWER,
        asked(B) + ANSWER,
        asked("GET http://[ HTTP/1.1") + ANSWER,
        asked(B) + ANSWER.replace("HTTP/1.1 403", f"=> Send header: {A}"),
        asked(A) + ANSWER.replace(PROOF, "0" * 64),
        asked(A) + ANSWER.replace("Reason: host_not_allowed", "Reason: unreachable"),
    ],
)
def test_what_a_server_can_write_is_no_refusal(heads: str) -> None:
    assert refusal_in(heads) is None


def test_every_reason_has_words() -> None:
    assert {reason.value for reason in EgressReason} == WORDS.keys()
