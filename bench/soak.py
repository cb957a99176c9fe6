"""`make soak`: runs at a steady rate for hours, with the memory of every process; one JSON line a minute.

The last line names the promises that were broken; the exit status is 1 if there are any. soak.py 4 runs four hours.
"""

import json
import sys
import time

import httpx

from supervisor.processes import pid_files
from supervisor.settings import Settings
from support.settings import BenchSettings
from support.workload import Workload, violations

_AT_ONCE = 3
_HOURS = 2.0


def megabytes(stack: Settings) -> dict[str, int]:
    """Resident memory of each process of the stack with its children."""
    memory = {}
    for name, process in pid_files.find(stack.paths).items():
        family = [process, *process.children(recursive=True)]
        memory[name] = sum(member.memory_info().rss for member in family if member.is_running()) // 1_000_000
    return memory


def main() -> None:
    hours = float(sys.argv[1]) if len(sys.argv) > 1 else _HOURS
    settings, stack = BenchSettings(), Settings()
    started = time.monotonic()
    headers = {"authorization": f"Bearer {settings.token.get_secret_value()}"}
    with httpx.Client(base_url=f"{settings.api_url}/api/v1", headers=headers, timeout=10) as api:
        workload = Workload(api, _AT_ONCE)
        next_line = started
        while time.monotonic() < started + hours * 3600:
            workload.step()
            if time.monotonic() >= next_line:
                minute = {"minutes": round((time.monotonic() - started) / 60), "runs": len(workload.ended)}
                print(json.dumps({**minute, "megabytes": megabytes(stack)}), flush=True)
                next_line += 60
            time.sleep(0.5)
        workload.finish(seconds=300)
    broken = violations(settings.database_url.get_secret_value(), workload.ended, open_runs=list(workload.open))
    print(json.dumps({"hours": hours, "runs": len(workload.ended), "broken": broken}))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
