"""What a migration may not do while an older version of the services runs, and reads and writes the same tables.

A migration comes first, the new version after it, and both versions run at once meanwhile. So a migration adds
(*expands*); what nobody uses any more is removed by a later one (*contracts*). And no statement may hold a lock on a
table of rows for longer than a moment, as every request would wait behind it.

The statements are read by PostgreSQL's own parser. What is refused, and why, is a row of `RULES`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pglast import ast, parse_sql
from pglast.enums import AlterTableType as Altered
from pglast.enums import ConstrType, DropBehavior, ObjectType

RULES = {
    "index": "an index that is not made CONCURRENTLY locks the table against writes until it is made",
    "in a transaction": "CONCURRENTLY does not work in a transaction: write it into <migration>.concurrently.sql",
    "alone": "what is run outside of a transaction is left half done where it fails: only indexes belong there, each"
    " dropped with IF EXISTS before it is made, so that the migration can be run again",
    "not null": "an older version inserts rows without the new column: give it a default, or let it be null",
    "rewritten": "the table is written anew under a lock: add the column without this, and fill it in parts",
    "column checked": "all rows are checked under a lock: add a constraint that is NOT VALID, and validate it later",
    "column dropped": "an older version still reads or writes the column: drop it once no version does",
    "column type": "the table is written anew under a lock, and an older version gets values that it does not expect",
    "default dropped": "an older version inserts rows without the column",
    "renamed": "an older version knows the old name: add the new beside it, and drop the old later",
    "constraint": "all rows are checked under a lock: add it NOT VALID, and validate it in a later migration",
    "unique": "the index is made under a lock: make it CONCURRENTLY, then add the constraint USING INDEX",
    "validated": "the strong lock of ADD CONSTRAINT is held while all rows are checked: validate in a later migration",
    "dropped": "an older version still uses it: drop it once no version does",
    "policy": "until it is there again, or if it is another, an older version sees no rows, or others",
    "revoked": "an older version may still need it: revoke once no version does",
    "rows changed": "rows of a whole table are locked until the migration ends: change them in parts, by a loop",
    "table locked": "every request waits behind it",
    "unread": "a DO block is not read by these rules: write its statements as SQL",
}

_VOLATILE = {"gen_random_uuid", "clock_timestamp", "random", "nextval", "timeofday", "uuid_generate_v4"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A statement that a rule refuses: on which thing, and the rule's name."""

    rule: str
    thing: str

    def __str__(self) -> str:
        return f"{self.thing}: {self.rule}: {RULES[self.rule]}"


@dataclass(slots=True)
class Migration:
    """What was read of one migration so far: what it makes is known to no older version, and has no rows."""

    made: set[str] = field(default_factory=set)
    not_valid: set[str] = field(default_factory=set)
    dropped_indexes: set[str] = field(default_factory=set)

    def read(self, sql: str, *, in_transaction: bool = True) -> Iterator[Refusal]:
        """What the rules refuse of these statements, in their order."""
        for raw in parse_sql(sql):
            statement = raw.stmt
            reader = _READERS.get(type(statement))
            if not in_transaction:
                yield from self._alone(statement)
            elif reader is not None:
                yield from reader(self, statement)

    def _alone(self, statement: Any) -> Iterator[Refusal]:
        if isinstance(statement, ast.DropStmt) and statement.concurrent and statement.missing_ok:
            self.dropped_indexes |= {_named(one) for one in statement.objects or ()}
        elif (
            not isinstance(statement, ast.IndexStmt)
            or not statement.concurrent
            or statement.idxname not in self.dropped_indexes
        ):
            yield Refusal("alone", str(getattr(statement, "idxname", None) or type(statement).__name__))

    def is_new(self, relation: Any) -> bool:
        return relation is not None and relation.relname in self.made


def read_migration(python_file: Path) -> list[Refusal]:
    """What the rules refuse of a migration: of its SQL, and of what it runs outside of a transaction."""
    own, apart = python_file.with_suffix(".sql"), python_file.with_suffix(".concurrently.sql")
    migration = Migration()
    found = list(migration.read(own.read_text(encoding="utf-8"))) if own.exists() else []
    if apart.exists():
        found += migration.read(apart.read_text(encoding="utf-8"), in_transaction=False)
    return found


def _named(thing: Any) -> str:
    """The last part of a name: of a table, an index, a policy, a function or a type."""
    if isinstance(thing, ast.String):
        return str(thing.sval)
    if isinstance(thing, ast.ObjectWithArgs):
        return _named(thing.objname)
    if isinstance(thing, ast.TypeName):
        return _named(thing.names)
    return _named(thing[-1])


def _created(migration: Migration, statement: Any) -> Iterator[Refusal]:
    name = statement.relation.relname if hasattr(statement, "relation") else _named(statement.funcname)
    migration.made.add(name)
    yield from ()


def _view(migration: Migration, statement: Any) -> Iterator[Refusal]:
    migration.made.add(statement.view.relname)
    yield from ()


def _index(migration: Migration, statement: Any) -> Iterator[Refusal]:
    if statement.concurrent:
        yield Refusal("in a transaction", statement.idxname)
    elif not migration.is_new(statement.relation):
        yield Refusal("index", f"{statement.relation.relname}.{statement.idxname}")


def _altered(migration: Migration, statement: Any) -> Iterator[Refusal]:
    if migration.is_new(statement.relation) or statement.objtype is not ObjectType.OBJECT_TABLE:
        return
    table = statement.relation.relname
    for command in statement.cmds:
        name = f"{table}.{command.name}" if command.name else table
        if command.subtype == Altered.AT_AddColumn:
            yield from _column(table, command.def_)
        elif command.subtype == Altered.AT_AddConstraint:
            yield from _constraint(migration, table, command.def_)
        elif command.subtype == Altered.AT_ValidateConstraint and name in migration.not_valid:
            yield Refusal("validated", name)
        elif command.subtype == Altered.AT_ColumnDefault and command.def_ is None:
            yield Refusal("default dropped", name)
        elif rule := _OF_COMMANDS.get(command.subtype):
            yield Refusal(rule, name)


_OF_COMMANDS = {
    Altered.AT_DropColumn: "column dropped",
    Altered.AT_AlterColumnType: "column type",
    Altered.AT_SetNotNull: "column checked",
    Altered.AT_AddIdentity: "rewritten",
    Altered.AT_SetTableSpace: "rewritten",
    Altered.AT_SetLogged: "rewritten",
    Altered.AT_SetUnLogged: "rewritten",
}


def _column(table: str, column: Any) -> Iterator[Refusal]:
    name = f"{table}.{column.colname}"
    constraints = list(column.constraints or ())
    kinds = {one.contype for one in constraints}
    if kinds & {ConstrType.CONSTR_IDENTITY, ConstrType.CONSTR_GENERATED}:
        yield Refusal("rewritten", name)
    if any(one.contype == ConstrType.CONSTR_DEFAULT and _is_volatile(one.raw_expr) for one in constraints):
        yield Refusal("rewritten", name)
    if ConstrType.CONSTR_NOTNULL in kinds and ConstrType.CONSTR_DEFAULT not in kinds:
        yield Refusal("not null", name)
    if kinds & {ConstrType.CONSTR_CHECK, ConstrType.CONSTR_FOREIGN}:
        yield Refusal("column checked", name)
    if kinds & {ConstrType.CONSTR_UNIQUE, ConstrType.CONSTR_PRIMARY}:
        yield Refusal("unique", name)


def _is_volatile(expression: Any) -> bool:
    if isinstance(expression, ast.FuncCall):
        return _named(expression.funcname) in _VOLATILE or any(map(_is_volatile, expression.args or ()))
    return isinstance(expression, ast.TypeCast) and _is_volatile(expression.arg)


def _constraint(migration: Migration, table: str, constraint: Any) -> Iterator[Refusal]:
    name = f"{table}.{constraint.conname}" if constraint.conname else table
    if constraint.contype in {ConstrType.CONSTR_UNIQUE, ConstrType.CONSTR_PRIMARY, ConstrType.CONSTR_EXCLUSION}:
        if not constraint.indexname:
            yield Refusal("unique", name)
    elif constraint.skip_validation:
        migration.not_valid.add(name)
    else:
        yield Refusal("constraint", name)


def _dropped(migration: Migration, statement: Any) -> Iterator[Refusal]:
    for thing in statement.objects:
        name = _named(thing)
        if statement.removeType == ObjectType.OBJECT_POLICY:
            yield Refusal("policy", f"{_named(thing[:-1])}.{name}")
        elif statement.removeType == ObjectType.OBJECT_INDEX and statement.concurrent:
            yield Refusal("in a transaction", name)
        elif name not in migration.made or statement.behavior == DropBehavior.DROP_CASCADE:
            yield Refusal("dropped", name)


def _renamed(migration: Migration, statement: Any) -> Iterator[Refusal]:
    if not migration.is_new(statement.relation):
        table = statement.relation.relname if statement.relation else _named(statement.object)
        yield Refusal("renamed", f"{table}.{statement.subname}" if statement.subname else table)


def _changed(migration: Migration, statement: Any) -> Iterator[Refusal]:
    if not migration.is_new(statement.relation):
        yield Refusal("rows changed", statement.relation.relname)


def _revoked(migration: Migration, statement: Any) -> Iterator[Refusal]:
    if statement.is_grant:
        return
    for thing in statement.objects or ():
        name = str(thing.relname) if isinstance(thing, ast.RangeVar) else _named(thing)
        if name not in migration.made:
            yield Refusal("revoked", name)


def _locked(migration: Migration, statement: Any) -> Iterator[Refusal]:
    relations = getattr(statement, "relations", None) or [statement.relation]
    for relation in relations:
        if not migration.is_new(relation):
            yield Refusal("table locked", relation.relname if relation else "all tables")


def _unread(migration: Migration, statement: Any) -> Iterator[Refusal]:
    yield Refusal("unread", "DO")


_READERS: dict[type[Any], Any] = {
    ast.CreateStmt: _created,
    ast.CreateFunctionStmt: _created,
    ast.ViewStmt: _view,
    ast.IndexStmt: _index,
    ast.AlterTableStmt: _altered,
    ast.DropStmt: _dropped,
    ast.RenameStmt: _renamed,
    ast.UpdateStmt: _changed,
    ast.DeleteStmt: _changed,
    ast.GrantStmt: _revoked,
    ast.TruncateStmt: _locked,
    ast.LockStmt: _locked,
    ast.ClusterStmt: _locked,
    ast.ReindexStmt: _locked,
    ast.DoStmt: _unread,
}
