"""Two runs with large outputs are compared within a bound, and nobody's megabytes are walked through for long."""

import uuid

from fixtures.api.api_in_process import ApiInProcess
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.runs import a_run, database
from foundation.domain.ids import TenantId, UserId

_STEPS = """INSERT INTO steps (tenant_id, run_id, step_id, name, kind, position, unmet_needs, generation,
                               timeout_seconds, status, ended_at, output)
            SELECT s.tenant_id, %(run)s, gen_random_uuid(), 'large' || n, kind, n + 1, 0, 1, 60, 'SUCCESS', now(),
                   jsonb_build_object('text', repeat('x', 500000), 'same', true,
                                      'side', CASE WHEN n = 1 THEN 'both' ELSE %(side)s END)
            FROM steps s, generate_series(1, 6) n WHERE s.step_id = %(first)s"""


async def test_outputs_are_looked_into_up_to_a_size_and_of_the_others_is_told_that_they_differ(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    owner = database(scratch)
    of = (TenantId(tenant.tenant_id), UserId(tenant.user_id))
    left, right = await a_run(owner, tenant=of), await a_run(owner, tenant=of)
    await owner.close()
    with scratch.superuser() as connection:
        for side, run in (("left", left), ("right", right)):
            values = {"run": run.run_id, "first": run.steps["first"], "side": side}
            connection.execute(_STEPS, values)
        only = {"run": left.run_id, "step": uuid.uuid4()}
        connection.execute(
            """INSERT INTO steps (tenant_id, run_id, step_id, name, kind, position, unmet_needs, generation,
                                  timeout_seconds, status, ended_at, output)
               SELECT tenant_id, run_id, %(step)s, 'only', kind, 90, 0, 1, 60, 'SUCCESS', now(), '7'
               FROM steps WHERE run_id = %(run)s AND name = 'large1'""",
            only,
        )
    async with lonely_api.caller(tenant) as caller:
        answer = await caller.get(f"/runs/{left.run_id}/diff/{right.run_id}")
    assert answer.status_code == 200, answer.text[:300]
    assert len(answer.content) < 50_000
    found = {step["name"]: step for step in answer.json()["steps"] if step["name"].startswith(("large", "only"))}
    assert found["large1"]["same"]
    for name in ("large2", "large3"):
        assert [one["pointer"] for one in found[name]["output"]["items"]] == ["/side"], name
    for name in ("large4", "large5", "large6", "only"):
        assert (found[name]["same"], found[name]["output"]) == (False, {"items": [], "more": 1}), name
