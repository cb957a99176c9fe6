"""What an attack comes to in a Fargate task, where the walls are others: the platform's, two users, a lock.

The task is simulated (`fixtures/sandboxing/simulated_task.py`): AWS is not asked.
"""

import os
import random
from typing import Any

import pytest

from fixtures.sandboxing.attacks import ATTACKS, LANGUAGES, code_of
from fixtures.sandboxing.simulated_task import run_in_task

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="runner and job are two users, which only root can be")

SEED, SAMPLED = 5, 1
OTHER_HERE = {"ends the first process"}
"""The first process of a job is one of its own user's here: what comes of ending it is tested below."""


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
def test_an_attack_gets_nowhere_in_a_task_either(language: str, name: str) -> None:
    attack = ATTACKS[name]
    ran = run_in_task(LANGUAGES[language], {"code": code_of(language, attack)}, **attack.limits)
    assert (ran.refused, ran.survivors) == (None, [])
    if attack.reason is not None:
        assert ran.stop is attack.reason, (ran.detail, ran.stderr)
    else:
        assert (ran.stop, ran.exit_code, ran.stderr) == (None, 0, "")
        assert set(ran.stdout.split()) <= attack.refusals
        assert ran.stdout.strip()
    assert ran.reached == 0
