"""A call's key does not depend on how its request is written, only on what it says."""

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.contracts.gateway.model_call import CallKey, call_key, canonical_digest
from foundation.domain.ids import RunId, StepId

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
RUN, STEP = UUID(int=1), UUID(int=2)


@given(body=st.dictionaries(st.text(), JSON, max_size=6), indent=st.sampled_from([None, 2]), escaped=st.booleans())
def test_the_digest_survives_the_wire(body: dict[str, object], indent: int | None, *, escaped: bool) -> None:
    reordered = dict(reversed(body.items()))
    sent = json.loads(json.dumps(reordered, indent=indent, ensure_ascii=escaped))
    assert canonical_digest(sent) == canonical_digest(body)


def test_a_digest_is_refused_to_what_is_no_json() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_digest({"a": float("nan")})


def test_a_key_reads_back_as_it_was_written() -> None:
    text = call_key(RunId(RUN), StepId(STEP), 3, canonical_digest({"a": 1}), 2)
    key = CallKey.parse(text)
    assert (str(key), key.run_id, key.step_id, key.turn, key.occurrence) == (text, RUN, STEP, 3, 2)


@pytest.mark.parametrize("text", ["", "a:b:c", f"{RUN}:{STEP}:01:{'0' * 64}:0", f"{RUN}:{STEP}:1:{'0' * 63}:0"])
def test_what_is_no_canonical_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        CallKey.parse(text)
