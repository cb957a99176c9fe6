"""Models are listed in the asker's vendor's shape; the usage report is the invoice, and says what it lacks."""

import asyncio
import json
from dataclasses import asdict

import anthropic
import openai
import pytest
from openai.types import Model

from fixtures.providers.provider_in_process import Provider


async def test_openais_client_lists_and_finds_models(provider: Provider) -> None:
    listed = [model.id async for model in provider.openai.models.list()]
    assert {"agent", "default", "reasoning-1", "embed-1"} <= set(listed)
    name = "fault-cut=3+delay=0.1"
    found = await provider.openai.models.with_raw_response.retrieve(name)
    assert Model.model_validate_json(found.text, strict=True).id == name
    with pytest.raises(openai.NotFoundError):
        await provider.openai.models.retrieve("fault-nonsense")


async def test_anthropics_client_lists_and_finds_models(provider: Provider) -> None:
    page = await provider.anthropic.models.list()
    assert (page.first_id, page.last_id) == (page.data[0].id, page.data[-1].id)
    assert {model.lifecycle for model in page.data} == {"active"}
    found = await provider.anthropic.models.retrieve("default")
    assert (found.type, found.created_at.year) == ("model", 2026)
    with pytest.raises(anthropic.NotFoundError):
        await provider.anthropic.models.retrieve("fault-nonsense")


async def test_the_report_is_the_invoice_and_names_what_is_in_flight(provider: Provider) -> None:
    body = {"messages": [{"role": "user", "content": "x"}]}
    path = "/v1/chat/completions"
    await provider.http.post(path, json={"model": "default", **body}, headers={"x-client-request-id": "done"})
    hanging = asyncio.create_task(
        provider.http.post(path, json={"model": "fault-hang", **body}, headers={"x-client-request-id": "open"})
    )
    report = await provider.http.get("/usage")
    while not report.headers["x-in-flight"]:
        report = await provider.http.get("/usage")
    hanging.cancel()
    assert report.headers["x-in-flight"] == "open"
    assert provider.line().client_request_id == "done"
    assert json.loads(report.text.splitlines()[-1]) == asdict(provider.line())
    assert (await provider.http.get("/usage?day=tomorrow")).status_code == 400
    assert (await provider.http.get("/nowhere")).status_code == 404
