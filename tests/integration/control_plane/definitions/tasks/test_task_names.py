"""A tenant's live tasks are told apart by their names, whichever characters these are written with."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase

NOOP = {"name": "only", "kind": "noop"}
ALIKE = {
    "another case": "Weekly REPORT",
    "another width": "Ｗeekly report",
    "mathematical letters": "𝐰eekly report",
    "two blanks": "weekly  report",
    "a blank as wide as a letter": "weekly\u3000report",
    "a selector": "weekly\ufe0f report",
}
REFUSED = {
    "letters of another alphabet": ("weekly rероrt", "has letters of Latin and Cyrillic"),
    "a character that cannot be seen": ("weekly\u200b report", "U+200B cannot be seen"),
    "a direction mark": ("\u200fweekly report", "U+200F"),
}


async def created(api: httpx.AsyncClient, name: str, **members: Any) -> httpx.Response:
    return await api.post("/tasks", json={"name": name, "steps": [NOOP], **members})


@pytest.mark.parametrize("how", ALIKE)
async def test_a_name_that_reads_as_another_tasks_is_refused_wherever_it_is_given(
    lonely_api: ApiInProcess, tenant: Tenant, how: str
) -> None:
    async with lonely_api.caller(tenant) as owner:
        (await created(owner, "weekly report")).raise_for_status()
        told = problem(await created(owner, ALIKE[how]), 409, "conflict")
        assert "a task is named 'weekly report' already, which reads the same; they differ in " in told["detail"]
        other = (await created(owner, "another")).raise_for_status()
        path, tag = f"/tasks/{other.json()['id']}", {"If-Match": other.headers["etag"]}
        renamed = await owner.patch(path, json={"name": ALIKE[how], "steps": [NOOP]}, headers=tag)
        problem(renamed, 409, "conflict")


@pytest.mark.parametrize("how", REFUSED)
async def test_a_name_that_hides_what_it_is_is_refused_with_its_place(
    lonely_api: ApiInProcess, tenant: Tenant, how: str
) -> None:
    name, why = REFUSED[how]
    async with lonely_api.caller(tenant) as owner:
        told = problem(await created(owner, name), 422, "invalid_definition", pointer="/name")
        assert why in told["detail"]


async def test_a_word_of_another_alphabet_alone_that_looks_like_one_of_ours_is_refused_beside_it(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner:
        (await created(owner, "cop")).raise_for_status()
        assert "U+0441" in problem(await created(owner, "сор"), 409, "conflict")["detail"]
        (await created(owner, "отчёт")).raise_for_status()


async def test_a_task_keeps_its_name_and_may_be_renamed_to_what_reads_the_same(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner:
        task = (await created(owner, "weekly report")).raise_for_status()
        path, tag = f"/tasks/{task.json()['id']}", task.headers["etag"]
        for name in ("weekly report", "Weekly Report", "weekly report"):
            changed = await owner.patch(path, json={"name": name, "steps": [NOOP]}, headers={"If-Match": tag})
            assert changed.raise_for_status().json()["name"] == name
            tag = changed.headers["etag"]
        assert (await owner.delete(path)).status_code == 204
        (await created(owner, "WEEKLY REPORT")).raise_for_status()


async def test_other_tenants_names_are_their_own(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    name = f"report {uuid4()}"
    async with lonely_api.caller(tenant) as owner, lonely_api.caller(Tenant().create(scratch)) as stranger:
        (await created(owner, name)).raise_for_status()
        (await created(stranger, name.upper())).raise_for_status()


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ("Pay \u202e100\u202c dollars?", "U+202E"),
        ("Pay ${input.amount}\u200b?", "U+200B cannot be seen"),
        ("\u200fPay ${input.amount}?", "U+200F"),
        ("\u200b", "there is nothing to be seen"),
    ],
)
async def test_a_message_that_no_one_may_be_shown_is_refused_when_its_task_is_made(
    lonely_api: ApiInProcess, tenant: Tenant, message: str, why: str
) -> None:
    """The step that asked it would fail in every run."""
    step = {"name": "ask", "kind": "approval", "message": message}
    async with lonely_api.caller(tenant) as owner:
        told = problem(
            await created(owner, "asking", steps=[step]), 422, "invalid_definition", pointer="/steps/0/message"
        )
        assert why in told["detail"]


async def test_a_message_of_several_lines_with_expressions_is_taken(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    step = {"name": "ask", "kind": "approval", "message": "Pay ${input.amount}?\n\t👩\u200d💻 ${input.who}"}
    async with lonely_api.caller(tenant) as owner:
        (await created(owner, "asking", steps=[step])).raise_for_status()
