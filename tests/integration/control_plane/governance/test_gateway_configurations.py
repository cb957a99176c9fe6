"""What gateways serve is proposed by one operator and approved by another, version by version."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import psycopg
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.eventually import eventually
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase

PATH = "/operations/gateway-configurations"
ROUTE = '[routes.{name}]\ntargets = [{{ provider = "simulated", model = "default" }}]\n'


@pytest.fixture
async def ada(api: ApiInProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with api.operator("ada") as client:
        yield client


@pytest.fixture
async def ben(api: ApiInProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with api.operator("ben") as client:
        yield client


async def proposed(operator: httpx.AsyncClient, document: str, note: str = "a test") -> dict[str, Any]:
    answer = await operator.post(PATH, json={"document": document, "note": note})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def decided(operator: httpx.AsyncClient, version: int, verb: str, **body: str) -> httpx.Response:
    return await operator.post(f"{PATH}/{version}/{verb}", json=body)


async def test_what_one_operator_proposes_is_served_once_another_approves_it(
    ada: httpx.AsyncClient,
    ben: httpx.AsyncClient,
    models: httpx.AsyncClient,
    tenant: Tenant,
    scratch: ScratchDatabase,
    platform_acts: Callable[[str], list[tuple[Any, ...]]],
) -> None:
    name = f"published-{tenant.tenant_id.hex}"
    call = {"model": name, "messages": [{"role": "user", "content": "hello"}], "max_tokens": 5}
    version = (await proposed(ada, ROUTE.format(name=name)))["version"]
    assert (await models.post("/v1/chat/completions", json=call)).status_code == 404
    problem(await decided(ada, version, "approve"), 403, "forbidden")
    approved = (await decided(ben, version, "approve", reason="it is needed")).json()
    assert (approved["status"], approved["proposed_by"], approved["decided_by"]) == (
        "active",
        "operator:ada",
        "operator:ben",
    )

    async def served() -> bool:
        return (await models.post("/v1/chat/completions", json=call)).status_code == 200

    await eventually(served)

    async def recorded() -> bool:
        with scratch.superuser() as connection:
            rows = connection.execute(
                "SELECT price_version FROM llm_events WHERE tenant_id = %s AND status = 'succeeded'",
                [tenant.tenant_id],
            ).fetchall()
        return any(str(told).endswith(f"+published-{version}") for (told,) in rows)

    await eventually(recorded)
    assert [(actor, action) for actor, action, _ in platform_acts(str(version))] == [
        ("operator:ada", "gateway_configuration.propose"),
        ("operator:ben", "gateway_configuration.approve"),
    ]


async def test_a_version_tells_what_it_changes(ada: httpx.AsyncClient, ben: httpx.AsyncClient) -> None:
    first = await proposed(ada, ROUTE.format(name="told-a"))
    await decided(ben, first["version"], "approve")
    second = await proposed(ada, ROUTE.format(name="told-b"))
    assert second["based_on"] == first["version"]
    changes = (await ada.get(f"{PATH}/{second['version']}")).json()["changes"]
    assert "-[routes.told-a]\n+[routes.told-b]" in changes
    listed = (await ada.get(PATH, params={"limit": 2, "fields": "status,document"})).json()["items"]
    assert listed == [
        {"version": second["version"], "status": "proposed", "document": second["document"]},
        {"version": first["version"], "status": "active", "document": first["document"]},
    ]
    assert "document" not in (await ada.get(PATH)).json()["items"][0]


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("[routes.x", "Expected ']'"),
        ("[routes.x]\ntargets = [{ provider = 'nowhere', model = 'm' }]", "there is no provider 'nowhere'"),
        ("version = '7'", "leave it out"),
        ("[[prices]]\nprovider = 'simulated'\nmodel = 'm'\ninput = '-1'\noutput = '1'", "line 4: prices.0.input"),
        ("[limits.tenant]\nrequests_a_minute = 0", "limits.tenant.requests_a_minute"),
        ("x = " + "[" * 20_000, ""),
    ],
)
async def test_what_no_gateway_could_serve_is_refused_with_its_place(
    ada: httpx.AsyncClient, document: str, told: str
) -> None:
    refused = problem(
        await ada.post(PATH, json={"document": document, "note": "n"}), 400, "bad_request", pointer="/body/document"
    )
    assert told in refused["detail"]


async def test_a_proposal_on_top_of_what_is_served_no_more_is_not_approved(
    ada: httpx.AsyncClient, ben: httpx.AsyncClient
) -> None:
    first, second = [await proposed(ada, ROUTE.format(name=f"moved-{place}")) for place in range(2)]
    assert (await decided(ben, first["version"], "approve")).status_code == 200
    problem(await decided(ben, second["version"], "approve"), 409, "conflict")
    problem(await decided(ben, first["version"], "reject", reason="too late"), 409, "conflict")
    assert (await decided(ada, second["version"], "reject", reason="taken back")).json()["status"] == "rejected"
    problem(await decided(ben, second["version"], "approve"), 409, "conflict")


async def test_of_many_approvals_at_once_one_counts(
    api: ApiInProcess, ada: httpx.AsyncClient, scratch: ScratchDatabase
) -> None:
    proposals = [await proposed(ada, ROUTE.format(name=f"raced-{place}")) for place in range(4)]
    async with api.operator("ben") as ben, api.operator("cleo") as cleo:
        answers = await asyncio.gather(
            *(decided(client, one["version"], "approve") for one in proposals for client in (ben, cleo))
        )
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 7]
    with scratch.superuser() as connection:
        rows = connection.execute("SELECT version FROM gateway_configurations WHERE status = 'active'").fetchall()
    [approved] = [answer.json()["version"] for answer in answers if answer.status_code == 200]
    assert rows == [(approved,)]


async def test_the_database_itself_refuses_one_person_and_another_document(scratch: ScratchDatabase) -> None:
    with psycopg.connect(scratch.url("control_plane")) as connection:
        connection.execute("INSERT INTO gateway_configurations (document, note, proposed_by) VALUES ('', 'n', 'ada')")
        with pytest.raises(psycopg.errors.CheckViolation, match="two_people"), connection.transaction():
            connection.execute(
                "UPDATE gateway_configurations SET status = 'superseded', decided_by = 'ada', decided_at = now()"
                " WHERE proposed_by = 'ada'"
            )
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("UPDATE gateway_configurations SET document = 'x'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("UPDATE gateway_configurations SET proposed_by = 'eve'")
        connection.rollback()


async def test_tenants_and_those_without_a_gateway_propose_nothing(
    api: ApiInProcess, lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    async with api.caller(tenant) as owner:
        problem(await owner.post(PATH, json={"document": "", "note": "n"}), 403, "forbidden")
        problem(await owner.get(PATH), 403, "forbidden")
    async with lonely_api.operator() as operator:
        problem(await operator.post(PATH, json={"document": "", "note": "n"}), 503, "dependency_unavailable")
