"""`make chaos`: kills processes of the local stack at random while runs go on, then checks every promise.

Prints one JSON document; the exit status is 1 if a promise was broken. Arguments are SECONDS and SEED: chaos.py 300 7
"""

import json
import random
import subprocess
import sys
import time

import httpx
import psutil

from supervisor.processes import pid_files
from supervisor.settings import ROOT, Settings
from support.settings import BenchSettings
from support.workload import Workload, violations

VICTIMS = ("orchestrator", "llm-gateway", "tool-runtime", "control-plane", "localstack-workflow", "redis")
_AT_ONCE = 4
_SETTLE_SECONDS = 420


def kill_one(chooser: random.Random, paths: Settings) -> str | None:
    """Kill one of the processes that run (SIGKILL); return its name."""
    alive = pid_files.find(paths.paths)
    names = [name for name in VICTIMS if name in alive]
    if not names:
        return None
    name = chooser.choice(names)
    try:
        alive[name].kill()
    except psutil.NoSuchProcess:
        return None
    return name


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 300
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    settings, stack, chooser = BenchSettings(), Settings(), random.Random(seed)
    killed: dict[str, int] = dict.fromkeys(VICTIMS, 0)
    headers = {"authorization": f"Bearer {settings.token.get_secret_value()}"}
    with httpx.Client(base_url=f"{settings.api_url}/api/v1", headers=headers, timeout=10) as api:
        workload = Workload(api, _AT_ONCE)
        end, next_kill = time.monotonic() + seconds, time.monotonic() + 5
        while time.monotonic() < end:
            workload.step()
            if time.monotonic() >= next_kill:
                if name := kill_one(chooser, stack):
                    killed[name] += 1
                    print(f"killed {name}", file=sys.stderr, flush=True)
                next_kill = time.monotonic() + chooser.uniform(8, 25)
            time.sleep(0.5)
        workload.finish(seconds=_SETTLE_SECONDS)
    reconciled = subprocess.run(
        [sys.executable, "-m", "supervisor", "reconcile"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    broken = violations(settings.database_url.get_secret_value(), workload.ended, open_runs=list(workload.open))
    if reconciled.returncode != 0:
        broken.append(f"reconcile: {reconciled.stdout[-500:]}{reconciled.stderr[-500:]}")
    result = {
        "seconds": seconds,
        "seed": seed,
        "killed": killed,
        "runs": len(workload.ended),
        "unanswered_requests": workload.unanswered,
        "broken": broken,
    }
    print(json.dumps(result, indent=1))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
