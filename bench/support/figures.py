"""Percentiles, a description of the machine, and the document on standard output."""

import json
import os
import platform
import statistics
import sys
from collections.abc import Sequence

import psutil


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def milliseconds(seconds: Sequence[float], *shares: int) -> dict[str, float]:
    """Percentiles of seconds as `{"p50": …}` in milliseconds."""
    return {f"p{share}": round(percentile(seconds, share / 100) * 1000, 2) for share in shares}


def median(values: Sequence[float], digits: int = 3) -> float:
    return round(statistics.median(values), digits)


def load() -> list[float]:
    return [round(value, 2) for value in os.getloadavg()]


def machine() -> dict[str, object]:
    return {
        "processors": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def progress(what: str) -> None:
    """Print progress to standard error, because standard output is the document's."""
    print(what, file=sys.stderr, flush=True)


def publish(name: str, report: object) -> None:
    json.dump({name: report, "load": load()}, sys.stdout, indent=2)
    print()
