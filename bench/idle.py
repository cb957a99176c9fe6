"""Measures the transactions a second of an idle deployment, and from which logins they come.

The total is PostgreSQL's own count. The logins are sampled: a connection has worked if its last statement is new.
"""

import argparse
import time
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import psycopg

from support.figures import load, machine, progress, publish
from support.scratch import renamed
from support.settings import BenchSettings

_COUNT = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = %s"
_LOOK = """SELECT pid, usename, query_start, left(regexp_replace(query, '\\s+', ' ', 'g'), 80)
           FROM pg_stat_activity
           WHERE datname = %s AND query_start IS NOT NULL"""
# PostgreSQL's processes publish their counts after they have been idle for this long.
_PUBLISHED_SECONDS = 11
_EVERY_SECONDS = 0.02


def measure(settings: BenchSettings, seconds: float) -> dict[str, object]:
    progress(f"idle: {seconds:g} s")
    url = settings.database_url.get_secret_value()
    name = urlsplit(url).path.removeprefix("/")
    # Queries are sent to another database of the server, so that they are not counted.
    with psycopg.connect(renamed(url, "postgres"), autocommit=True) as connection:
        time.sleep(_PUBLISHED_SECONDS)
        before, began = _count(connection, name), time.monotonic()
        seen = _sampled(connection, name, seconds)
        elapsed = time.monotonic() - began
        total = _count(connection, name) - before
    by_login: Counter[str] = Counter()
    for (login, _), count in seen.items():
        by_login[login] += count
    return {
        "seconds": round(elapsed, 1),
        "transactions_per_second": round(total / elapsed, 2),
        "by_login_per_second": {login: round(count / elapsed, 2) for login, count in by_login.most_common()},
        "last_statements_per_second": [
            {"login": login, "statement": statement, "per_second": round(count / elapsed, 2)}
            for (login, statement), count in seen.most_common(12)
        ],
    }


def _count(connection: "psycopg.Connection[Any]", name: str) -> int:
    row = connection.execute(_COUNT, [name]).fetchone()
    return int(row[0]) if row else 0


def _sampled(connection: "psycopg.Connection[Any]", name: str, seconds: float) -> Counter[tuple[str, str]]:
    """How often each login began each statement, as far as a sample every 20 ms shows it."""
    last: dict[int, object] = {}
    seen: Counter[tuple[str, str]] = Counter()
    first, until = True, time.monotonic() + seconds
    while time.monotonic() < until:
        for pid, login, started, statement in connection.execute(_LOOK, [name]).fetchall():
            if not first and last.get(pid) != started:
                seen[login, statement] += 1
            last[pid] = started
        first = False
        time.sleep(_EVERY_SECONDS)
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    given = parser.parse_args()
    began = load()
    publish("idle", {**measure(BenchSettings(), given.seconds), "machine": machine(), "load_before": began})


if __name__ == "__main__":
    main()
