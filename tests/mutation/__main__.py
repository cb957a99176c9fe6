"""`python -m mutation`: a seeded sample of faults in pure code; fails when more than the budget survive.

Progress goes to standard error; standard output is one JSON document.
"""

import argparse
import json
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from mutation.faults import faults_of
from mutation.pure import pure_modules
from mutation.trials import Fate, Mutant, Verdict, judge, reach

_SIDE_BY_SIDE = 2


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m mutation", description=__doc__)
    parser.add_argument("--faults", type=int, default=60, help="how many to try")
    parser.add_argument("--seed", type=int, default=1, help="which sample")
    parser.add_argument("--budget", type=int, default=6, help="how many may survive")
    parser.add_argument("--only", default="", help="modules whose names begin so")
    return parser.parse_args()


def main() -> int:
    started = time.monotonic()
    asked = _arguments()
    modules = {name: file for name, file in pure_modules().items() if name.startswith(asked.only)}
    mutants = [
        Mutant(name, file, fault) for name, file in modules.items() for fault in faults_of(file.read_text("utf-8"))
    ]
    sample = random.Random(asked.seed).sample(mutants, min(asked.faults, len(mutants)))
    print(f"{len(sample)} of {len(mutants)} faults in {len(modules)} pure modules", file=sys.stderr)
    reached = reach()
    print(f"{time.monotonic() - started:.0f} s: it is known which tests reach what", file=sys.stderr)
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        verdicts = [_shown(one) for one in pool.map(lambda mutant: judge(mutant, reached), sample)]
    left = [one for one in verdicts if one.fate is not Fate.KILLED]
    document = {
        "seed": asked.seed,
        "modules": len(modules),
        "faults": len(mutants),
        "tried": len(verdicts),
        "killed": len(verdicts) - len(left),
        "budget": asked.budget,
        "seconds": round(time.monotonic() - started),
        "survivors": [one.document() for one in left],
    }
    print(json.dumps(document, indent=2))
    return int(len(left) > asked.budget)


def _shown(verdict: Verdict) -> Verdict:
    found = verdict.document()
    print(f"{found['fate']:<9} {found['place']}  {found['before']}  ->  {found['after']}", file=sys.stderr, flush=True)
    return verdict


if __name__ == "__main__":
    sys.exit(main())
