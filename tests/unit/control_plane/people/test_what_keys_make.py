"""All that a key can leave behind ends with a key that leaked, or stays for a reason that is written here."""

import re
from pathlib import Path

from control_plane.people.api_keys.leaked import MadeKind
from foundation.domain.permissions import PASSING, Permission

_ENDED = {
    Permission.API_KEYS_WRITE: {MadeKind.API_KEY},
    Permission.SERVICE_ACCOUNTS_WRITE: {MadeKind.SERVICE_ACCOUNT},
    Permission.MEMBERS_WRITE: {MadeKind.INVITATION, MadeKind.MEMBER},
    Permission.WEBHOOKS_WRITE: {MadeKind.WEBHOOK},
    Permission.SCHEDULES_WRITE: {MadeKind.SCHEDULE},
    Permission.TRIGGERS_WRITE: {MadeKind.TRIGGER},
    Permission.ROLES_WRITE: {MadeKind.ROLE},
    Permission.KILL_SWITCH_WRITE: {MadeKind.KILL_SWITCH},
    Permission.TENANT_WRITE: {MadeKind.TENANT_DELETION},
}
_STAYS = {
    Permission.TASKS_WRITE: "a task does nothing until somebody starts it",
    Permission.TOOL_SOURCES_WRITE: "a tool is called by runs of tasks that name it",
    Permission.SECRETS_WRITE: "a value goes only where a task's job sends it, and the one before is nowhere kept",
    Permission.EGRESS_WRITE: "a setting, whose value of before is in the audit",
    Permission.BUDGETS_WRITE: "a setting, whose value of before is in the audit",
    Permission.LIMITS_WRITE: "a setting, whose value of before is in the audit",
    Permission.OWNERS_WRITE: "asked for beside another permission, of which the line is above",
}
_PASSES = PASSING | {Permission.MODELS_CALL}


def test_what_each_permission_lets_a_key_leave_behind_is_ended_or_stays_for_a_reason() -> None:
    lasting = {one for one in Permission if not one.endswith(":read") and one not in _PASSES}
    assert not _ENDED.keys() & _STAYS.keys()
    assert _ENDED.keys() | _STAYS.keys() == lasting
    assert set().union(*_ENDED.values()) == set(MadeKind)


def test_every_table_that_knows_its_key_is_ended_with_it() -> None:
    tables = re.findall(r"CREATE TABLE (\w+) \((.*?)\n\);", Path("schema.sql").read_text(), re.DOTALL)
    knows = {
        name.removesuffix("s") for name, columns in tables if re.search(r"^    by_key +uuid,$", columns, re.MULTILINE)
    }
    told_by_other_means = {
        MadeKind.API_KEY,
        MadeKind.MEMBER,
        MadeKind.ROLE,
        MadeKind.TENANT_DELETION,
        MadeKind.KILL_SWITCH,
    }
    assert knows == {str(one) for one in MadeKind} - told_by_other_means
