"""The field report from its start to its final text, with the approval given by the very lines of its README."""

import csv
import os
import re
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import httpx
import pytest

from fixtures.running.stack import Stack, new_member
from fixtures.waiting import until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]
ROOT = Path(__file__).parents[3]
BLOCKS = re.findall(
    r"^```sh\n(.*?)^```",
    (ROOT / "samples/field-report/README.md").read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)


def ran(*command: str, token: str) -> str:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "LOCKSTEP_TOKEN": token},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def expected_means() -> dict[str, float]:
    """Mean body mass by species and sex, computed without pandas."""
    masses = defaultdict(list)
    with (ROOT / "samples/penguins/penguins.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["Sex"] not in {"NA", "."} and row["Body Mass (g)"] not in {"NA", "."}:
                masses[f"{row['Species'].split()[0]}, {row['Sex']}".lower()].append(float(row["Body Mass (g)"]))
    return {group: round(statistics.fmean(found), 1) for group, found in masses.items()}


def test_a_crew_reports_a_person_decides_and_the_report_gets_its_final_form(stack: Stack) -> None:
    token = new_member(stack).token
    start, decide, follow = BLOCKS
    assert start.split("#")[0].strip() == follow.split("#")[0].strip() == "make sample NAME=field-report"
    sample = (sys.executable, "samples/run.py", "field-report")

    asked = ran(*sample, token=token)
    assert "The step review waits for you" in asked
    means = expected_means()
    heaviest, lightest = max(means, key=lambda group: means[group]), min(means, key=lambda group: means[group])
    for group in (heaviest, lightest):
        assert f"{group} ({means[group]} g" in asked
    another = a_request_of_another_task(token)
    # As README has it, but as this member: `.local/env` has the token of the sample's tenant.
    lines = decide.replace(". .local/env", f". .local/env; LOCKSTEP_TOKEN={token}")
    assert '"status":"approved"' in ran("bash", "-e", "-c", lines, token=token)

    with httpx.Client(base_url=f"{os.environ['LOCKSTEP_API_URL']}/api/v1", headers=bearer(token)) as api:
        assert api.get(f"/approvals/{another}").raise_for_status().json()["status"] == "pending"

    ended = ran(*sample, token=token)
    assert "COMPLETED" in ended
    assert "Comment of the reviewer: Say who measured them." in ended
    assert "The model is simulated" in ended
    assert "A script edits nothing" in ended

    assert ran(*sample, token=token).splitlines()[0] == ended.splitlines()[0], "the same run is shown again"
    new = ran(*sample, "--again", token=token)
    assert "The step review waits for you" in new
    assert new.splitlines()[0] != ended.splitlines()[0]


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def a_request_of_another_task(token: str) -> str:
    """A step that waits too, newer than the sample's, and has the same name."""
    steps = [{"name": "review", "kind": "approval", "message": "May it?"}]
    with httpx.Client(base_url=f"{os.environ['LOCKSTEP_API_URL']}/api/v1", headers=bearer(token)) as api:
        task = api.post("/tasks", json={"name": "another review", "steps": steps}).raise_for_status().json()
        run = api.post("/runs", json={"task_id": task["id"]}).raise_for_status().json()

        def asked() -> str | None:
            page = api.get("/approvals", params={"status": "pending", "run_id": run["id"]}).raise_for_status().json()
            return next((one["id"] for one in page["items"]), None)

        return until(asked, "the other request")


def test_a_sample_that_is_not_there_is_named_with_those_that_are(stack: Stack) -> None:
    done = subprocess.run(
        [sys.executable, "samples/run.py", "nothing"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "say which sample: field-report, penguins, site-watch" in done.stderr
