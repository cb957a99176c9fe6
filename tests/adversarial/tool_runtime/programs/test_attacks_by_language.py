"""Each attack in each language: what it says or why it is ended, and that nothing of it is left; see `make attacks`."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from fixtures.sandboxing.attacks import ATTACKS, LANGUAGES, code_of
from fixtures.sandboxing.sandboxes import run_code

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
    language: str, name: str, record_property: Callable[[str, object], None]
) -> None:
    attack = ATTACKS[name]
    ran = await run_code(LANGUAGES[language], code_of(language, attack), **attack.limits)
    stop = ran.outcome.stop
    said = stop.reason.value if stop else ", ".join(sorted(set(ran.stdout.split())))
    record_property("figures", f"{said}; {ran.outcome.wall_ms} ms, {ran.outcome.max_rss_bytes >> 20} MiB at most")
    assert ran.survivors == []
    if attack.reason is not None:
        assert stop is not None, (ran.outcome, ran.stderr)
        assert stop.reason is attack.reason, stop.detail
    else:
        assert (stop, ran.outcome.exit_code, ran.stderr) == (None, 0, "")
        assert set(ran.stdout.split()) <= attack.refusals
        assert ran.stdout.strip()
    # The next one on this machine runs, and finds nothing of it.
    after = await run_code("code.python", "import os; print(sorted(os.listdir('/tmp')), len(os.listdir('/work')))")
    assert after.stdout == "['matplotlib'] 3\n"
