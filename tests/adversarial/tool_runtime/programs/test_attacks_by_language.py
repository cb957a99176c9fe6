"""Each attack in each language: what it says or why it is ended, and that nothing of it is left; see `make attacks`."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from fixtures.attacking.attacks import ATTACKS, LANGUAGES, code_of
from fixtures.attacking.ground import Ground
from fixtures.attacking.table import PROPERTY
from foundation.contracts.tool_job import JobStatus

SEED, SAMPLED = 11, 3
"""How many attacks of each language the default tier plays; `make verify` plays all."""


def _cases() -> list[Any]:
    """All of them; those that are not in the sample of their language are for the full tier."""
    chosen = random.Random(SEED)
    cases = []
    for language in LANGUAGES:
        sampled = set(chosen.sample(sorted(ATTACKS), SAMPLED))
        cases += [
            pytest.param(language, name, id=f"{language}: {name}", marks=[] if name in sampled else [pytest.mark.full])
            for name in ATTACKS
        ]
    return cases


@pytest.mark.parametrize(("language", "name"), _cases())
async def test_an_attack_gets_nowhere_and_leaves_nothing(
    ground: Ground, language: str, name: str, record_property: Callable[[str, object], None]
) -> None:
    attack = ATTACKS[name]
    attacked = await ground.attack(LANGUAGES[language], {"code": code_of(language, attack)}, **attack.limits)
    result = attacked.result
    said = attack.reason.value if attack.reason else ", ".join(sorted(set(result.stdout.split())))
    record_property(PROPERTY, {"by": language, "attack": name, "came to": said, **attacked.columns})
    if attack.reason is not None:
        assert result.reason is attack.reason, (result.detail, result.stderr)
    else:
        assert (result.status, result.exit_code, result.stderr) == (JobStatus.SUCCEEDED, 0, "")
        assert set(result.stdout.split()) <= attack.refusals
        assert result.stdout.strip()
