"""Runs migrations against DATABASE_URL (a login that may change the schema), each in its own transaction."""

import os

from alembic import context
from sqlalchemy import create_engine, pool

# A statement that waits for a lock has every later request of the table wait behind it. It gives up instead: nothing of
# its migration stays, and whoever runs it runs it again.
LOCK_TIMEOUT_MS = 4000


def migrate() -> None:
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise SystemExit("DATABASE_URL is not set: give the database to migrate (`. .local/env` for the local one)")
    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        poolclass=pool.NullPool,
        connect_args={"options": f"-c lock_timeout={LOCK_TIMEOUT_MS}"},
    )
    with engine.connect() as connection:
        context.configure(connection=connection, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
        # What is planned next is planned with figures of the tables as they are now.
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


migrate()
