"""A body is refused where nobody would read it, and a boolean of a query wherever it is another word."""

from uuid import uuid4

import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.operations import Operation, operations_of
from fixtures.api.problems import problem
from fixtures.api.unopened_apps import unopened_api
from fixtures.gateways.gateway import Tenant

OPERATIONS = [one for one in operations_of(unopened_api()) if not one.public]
DOCUMENT = unopened_api().openapi()["paths"]
WITHOUT_BODY = [
    one
    for one in OPERATIONS
    if one.method in {"POST", "PUT", "PATCH", "DELETE"} and "requestBody" not in DOCUMENT[one.path][one.method.lower()]
]
BOOLEANS = [
    pytest.param(one, parameter["name"], id=f"{one.name} {parameter['name']}")
    for one in OPERATIONS
    for parameter in one.parameters
    if parameter["in"] == "query" and "boolean" in str(parameter["schema"])
]


@pytest.mark.parametrize("operation", WITHOUT_BODY, ids=lambda one: one.name)
async def test_a_body_that_nobody_reads_is_refused(
    lonely_api: ApiInProcess, tenant: Tenant, operation: Operation
) -> None:
    async with lonely_api.caller(tenant) as owner:
        path = f"http://test{operation.path_with(str(uuid4()))}"
        headers = operation.if_match('"1"')
        refused = await owner.request(operation.method, path, json={"reason": "x"}, headers=headers)
        assert "no body" in problem(refused, 400, "bad_request", pointer="/body")["detail"]
        without = await owner.request(operation.method, path, headers=headers)
        empty = await owner.request(operation.method, path, json={}, headers=headers)
        assert "/body" not in without.text
        assert empty.status_code == without.status_code


@pytest.mark.parametrize(("operation", "name"), BOOLEANS)
async def test_a_boolean_of_a_query_is_true_or_false(
    lonely_api: ApiInProcess, tenant: Tenant, operation: Operation, name: str
) -> None:
    async with lonely_api.caller(tenant) as owner:
        path = f"http://test{operation.path_with(str(uuid4()))}"
        for word in ("yes", "1", "True"):
            answer = await owner.request(operation.method, path, params={name: word})
            problem(answer, 400, "bad_request", pointer=f"/query/{name}")


def test_the_lists_above_are_of_all_operations() -> None:
    assert len(WITHOUT_BODY) > 20
    assert len(BOOLEANS) >= 10
