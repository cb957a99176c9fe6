"""The rows and reads of `make load`: such rows are read by every list, with each of its filters and orders."""

from uuid import UUID

from fixtures.api.api_in_process import ApiInProcess
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from load_parts.many_rows import fill
from load_parts.reads import Ground
from support import tenant as of_load

RUNS = 120


async def test_what_the_load_fills_in_is_read_by_every_list(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    async with lonely_api.caller(tenant) as owner:
        tasks: list[str] = []
        for name in ("one", "two"):
            made = await owner.post("/tasks", json={"name": name, "steps": [{"name": "draft", "kind": "noop"}]})
            tasks.append(str(made.json()["id"]))
        fill(scratch.superuser_url, tenant.tenant_id, tenant.user_id, [UUID(task) for task in tasks], runs=RUNS)
        with scratch.superuser() as connection:
            found = connection.execute("SELECT run_id FROM runs WHERE tenant_id = %s", [tenant.tenant_id]).fetchall()
        reads = Ground(
            "",
            of_load.Tenant(tenant.tenant_id, f"user:{tenant.user_id}", ""),
            tasks,
            [str(run_id) for (run_id,) in found],
        )

        answers = {name: await owner.get(path()) for name, path in reads.reads().items()}

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 200)
    counts = {name: len(answer.json()["items"]) for name, answer in answers.items() if name != "run"}
    assert {name: counts[name] for name in ("runs", "runs by status", "events", "run events", "steps", "tasks")} == {
        "runs": 20, "runs by status": 4, "events": 20, "run events": 4, "steps": 1, "tasks": 2,
    }  # fmt: skip
