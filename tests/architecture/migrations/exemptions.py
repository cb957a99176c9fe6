"""What older migrations do that the rules refuse, and why it did no harm.

All of them were made before the first release: no older version of the services ran beside them, and no table had rows
that somebody waited for. They stay as they are, since databases stand on them. A migration that is made from now on
gets an exemption only with a reason of its own, which says what an older version and the requests meanwhile meet.
"""

from collections.abc import Mapping

EXEMPTIONS: Mapping[str, tuple[str, frozenset[str]]] = {
    number: (reason, frozenset(rule.strip() for rule in rules.split(",")))
    for number, reason, rules in (
        (
            "0001",
            "it makes the first database: logins in a block, and takes from PUBLIC what new databases give",
            "unread, revoked",
        ),
        (
            "0002",
            "gateways accounted for nothing yet, so that the ledger's tables had no rows; the block makes a role",
            "column checked, constraint, index, rewritten, rows changed, unread",
        ),
        (
            "0004",
            "ended runs and open jobs of development were marked; no other were there",
            "constraint, index, rows changed",
        ),
        ("0005", "a check was widened, and every row kept the narrower one", "constraint"),
        ("0007", "the block takes TEMPORARY from PUBLIC, which no version has used", "unread"),
        ("0008", "a check was widened, and every row kept the narrower one", "constraint"),
        ("0009", "the block takes functions of large objects from PUBLIC, which no version has called", "unread"),
        ("0010", "words of the ledger's rows of development were changed before anybody's were there", "rows changed"),
        ("0011", "the column has a constant default, which its check allows", "column checked"),
        ("0012", "forks came with it: the new columns were null in every row", "column checked, constraint, index"),
        ("0013", "checks were widened, and every row kept the narrower ones", "constraint"),
        ("0014", "checks were widened for approvals, which came with it", "constraint"),
        (
            "0015",
            "items of steps came with it: the new columns were null in every row",
            "column checked, constraint, index, unique",
        ),
        (
            "0016",
            "runs below runs came with it: the new columns were null in every row",
            "column checked, constraint, index",
        ),
        (
            "0018",
            "lines came with it; the index that it drops is replaced by that of lines",
            "column checked, constraint, dropped, index",
        ),
        ("0019", "a check was widened for crews, which came with it", "constraint"),
        ("0020", "an index of open runs, of which there were those of development", "index"),
        (
            "0022",
            "approvals of calls came with it: the new columns were null in every row",
            "column checked, constraint, unique",
        ),
        (
            "0023",
            "a check was widened; jobs of development without an outcome got the new word",
            "constraint, rows changed",
        ),
        (
            "0024",
            "the block chains checkpoints of development, of which there were few",
            "column checked, constraint, rows changed, unread",
        ),
        ("0035", "own roles came with it: the new column was null in every row", "column checked, constraint, index"),
        (
            "0036",
            "keys of development alone: the function and the policy by which they were found are replaced by others",
            "column checked, constraint, dropped, index, policy, unique",
        ),
        ("0037", "tenants and members of development alone; the block makes a role", "column checked, index, unread"),
        (
            "0038",
            "the audit was not read by anybody yet; the new columns have constant defaults or are null",
            "column checked, index",
        ),
        ("0040", "the block makes a role, and policies of tables that it makes", "unread"),
        ("0042", "the block makes a role, and policies of tables that it makes", "unread"),
        (
            "0044",
            "checks were widened; the one of runs was added NOT VALID and validated at once, when runs were few",
            "constraint, index, validated",
        ),
        ("0045", "the block makes a role, and policies of the table that it makes", "unread"),
        ("0051", "the blocks make a role, and policies of tables that it makes", "unread"),
        ("0052", "the new columns were null in every row, which their checks allow", "column checked"),
        (
            "0053",
            "tasks of development got their reading, before the column was read",
            "column checked, index, rows changed",
        ),
        ("0054", "checks were widened, and every row kept the narrower ones", "constraint"),
        ("0055", "checks were widened; indexes of runs and artifacts of development", "constraint, index"),
        ("0056", "an index of the ledger of development", "index"),
        ("0057", "an index of stored answers of development", "index"),
        (
            "0105",
            "revoked columns were sent by workers of development alone; the next statement grants the others again",
            "revoked",
        ),
        ("0119", "older versions write the columns that the next statements grant again, and no others", "revoked"),
        ("0120", "sweeps of an older worker, which read whole rows, fail and are made by the newer ones", "revoked"),
    )
}
