"""Statements that must not stand in a transaction, such as those that make an index while a table is written to."""

from pathlib import Path

from alembic import op


def run_each(file: Path) -> None:
    """Runs the statements of a file one by one, each in a transaction of its own; each ends in `;` and its line."""
    with op.get_context().autocommit_block():
        # It waits for every older transaction, and nobody waits behind it.
        op.get_bind().connection.cursor().execute("SET lock_timeout = 0")
        for statement in file.read_text().split(";\n"):
            if statement.strip():
                op.get_bind().connection.cursor().execute(statement)
        op.get_bind().connection.cursor().execute("RESET lock_timeout")
