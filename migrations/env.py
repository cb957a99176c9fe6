"""Runs migrations against DATABASE_URL (a login that may change the schema), each in its own transaction."""

import os

from alembic import context
from sqlalchemy import create_engine, pool


def migrate() -> None:
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise SystemExit("DATABASE_URL is not set: give the database to migrate (`. .local/env` for the local one)")
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
        # What is planned next is planned with figures of the tables as they are now.
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


migrate()
