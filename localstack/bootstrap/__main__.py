"""Installs what is missing. Arguments name what only the benchmark needs (`PEERS`), or what is large (`CODEX`)."""

import hashlib
import json
import subprocess
import sys
import time

from bootstrap.commands import CannotGoOn
from bootstrap.places import STAMPS, TOOLS
from bootstrap.steps import CODEX, PEERS, Action, steps


def main() -> int:
    started = time.monotonic()
    try:
        STAMPS.mkdir(parents=True, exist_ok=True)
        done = [name for name, stamp, action in steps(*sys.argv[1:]) if step(name, stamp, action)]
    except (CannotGoOn, subprocess.CalledProcessError) as problem:
        print(f"\ncannot prepare this machine: {problem}", file=sys.stderr)
        return 1
    seconds = time.monotonic() - started
    # Read by `supervisor deploy`, which prints the time of downloads apart.
    (TOOLS / "last.json").write_text(json.dumps({"seconds": seconds, "installed": done}))
    if done:
        print(f"  {'the machine is prepared':<60} {seconds:6.1f} s")
    return 0


def step(name: str, stamp: str, action: Action) -> bool:
    """Run the action, unless its stamp shows that it was done with the same inputs; return whether it ran."""
    file = STAMPS / hashlib.sha256(name.encode()).hexdigest()[:16]
    if stamp and file.exists() and file.read_text() == stamp:
        return False
    started = time.monotonic()
    print(f"  installing {name} ...", flush=True)
    action()
    # Computed again, because a step may change what its own fingerprint is made of.
    file.write_text(next((now for other, now, _ in steps(CODEX, *PEERS) if other == name), ""))
    print(f"  {name:<60} {time.monotonic() - started:6.1f} s", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
