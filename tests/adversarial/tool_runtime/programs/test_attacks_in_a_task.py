"""What an attack comes to in a Fargate task, where the walls are others: the platform's, two users, a lock.

The task is simulated (`fixtures/egress/simulated_tasks.py`): AWS is not asked. It is started as the launcher starts
one, and goes through the same ground as an attack on a machine.
"""

import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from fixtures.attacking.attacks import ATTACKS, LANGUAGES, code_of
from fixtures.attacking.ground import Ground
from fixtures.attacking.table import PROPERTY
from foundation.contracts.tool_job import JobStatus

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="runner and job are two users, which only root can be")

SEED, SAMPLED = 5, 1
OTHER_HERE = {"ends the first process"}
"""The first process of a job is one of its own user's here: what comes of ending it, `test_in_a_task` tests."""


def _cases() -> list[Any]:
    chosen = random.Random(SEED)
    names = sorted(ATTACKS.keys() - OTHER_HERE)
    cases = []
    for language in LANGUAGES:
        sampled = set(chosen.sample(names, SAMPLED))
        cases += [
            pytest.param(language, name, id=f"{language}: {name}", marks=[] if name in sampled else [pytest.mark.full])
            for name in names
        ]
    return cases


@pytest.mark.parametrize(("language", "name"), _cases())
async def test_an_attack_gets_nowhere_in_a_task_either(
    ground_of_tasks: Ground, language: str, name: str, record_property: Callable[[str, object], None]
) -> None:
    attack = ATTACKS[name]
    attacked = await ground_of_tasks.attack(LANGUAGES[language], {"code": code_of(language, attack)}, **attack.limits)
    result = attacked.result
    said = attack.reason.value if attack.reason else ", ".join(sorted(set(result.stdout.split())))
    record_property(PROPERTY, {"by": f"{language}, in a task", "attack": name, "came to": said, **attacked.columns})
    if attack.reason is not None:
        assert result.reason is attack.reason, (result.detail, result.stderr)
    else:
        assert (result.status, result.exit_code, result.stderr) == (JobStatus.SUCCEEDED, 0, "")
        assert set(result.stdout.split()) <= attack.refusals
        assert result.stdout.strip()
