"""On the running stack: engaged in the middle of a run, no model is asked any more; lifted, the run completes."""

import json

import httpx
import pytest

from fixtures.running.stack import Stack, new_member

pytestmark = pytest.mark.stack

MODEL = {"name": "ask", "kind": "llm", "prompt": "How many penguins?"}
APPROVAL = {"name": "review", "kind": "approval", "message": "May it go on?"}


def test_a_run_is_parked_by_the_switch_and_completes_when_it_is_lifted(stack: Stack) -> None:
    owner = new_member(stack)
    run_id = owner.start({"steps": [APPROVAL, {**MODEL, "needs": ["review"]}]})["id"]
    with owner.api() as api:
        [approval] = owner.until(lambda: api.get(f"/approvals?run_id={run_id}").json()["items"])
        key = api.post("/api-keys", json={"name": "k", "scopes": ["gateway"]}).json()["key"]
        with httpx.Client(
            base_url=stack["LOCKSTEP_GATEWAY_URL"], headers={"authorization": f"Bearer {key}"}, timeout=30
        ) as models:
            question = {"model": "default", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 5}
            assert models.post("/v1/chat/completions", json=question).status_code == 200
            engaged = api.put("/kill-switch", json={"engaged": True, "reason": "a key has leaked"})
            assert engaged.status_code == 200, engaged.text
            assert owner.until(lambda: owner.run(run_id)["pause_reason"] == "kill_switch")
            refused = owner.until(
                lambda: (
                    answer
                    if (answer := models.post("/v1/chat/completions", json=question)).status_code == 402
                    else None
                )
            )
            assert "the kill switch of the tenant is engaged: a key has leaked" in json.dumps(refused.json())
            task = owner.run(run_id)["task_id"]
            assert api.post("/runs", json={"task_id": task}).status_code == 423
            # the decision is taken and kept; what it releases begins when the switch is lifted
            assert api.post(f"/approvals/{approval['id']}", json={"decision": "approve"}).status_code == 200
            assert owner.steps(run_id)["ask"]["attempt"] == 0
            assert api.put("/kill-switch", json={"engaged": False}).status_code == 200
            run = owner.ended(run_id)
    assert run["status"] == "COMPLETED", run
