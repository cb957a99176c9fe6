"""Prints which stacks a deployment to AWS would lack, before anything is installed, synthesized or deployed.

Used by `make deploy`; needs only Python. The exit status is 2 while a stack is missing.
"""

import sys
from pathlib import Path

STACKS = Path(__file__).resolve().parent / "stacks"
NEEDED = {
    "compute": "the services' containers and the functions' network",
    "data": "PostgreSQL and Redis",
    "identity": "the users' pool and its groups",
}


def missing(stacks: Path = STACKS) -> dict[str, str]:
    return {name: what for name, what in NEEDED.items() if not (stacks / f"{name}.py").exists()}


def main() -> int:
    lacking = missing()
    if not lacking:
        return 0
    lines = "\n".join(f"  {name}: {what}" for name, what in lacking.items())
    print(f"nothing was deployed: these stacks are not there yet\n{lines}", file=sys.stderr)
    print("make synth and make diff show the stacks that are there", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
