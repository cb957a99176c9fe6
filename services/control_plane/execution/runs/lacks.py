"""Says in words what a step lacks that stands in line although a worker may have a slot."""

from foundation.workflow.lines import limits

_IN_WORDS = {
    limits.TENANT: "as many steps of the tenant run as its concurrency lets run at once; one of them ends",
    limits.TASK: "as many steps of the task run as its concurrency lets run at once; one of them ends",
}


def lack_in_words(lacked: str | None) -> str:
    """`lacked` is the name of a resource, or of a limit on what runs at once."""
    return _IN_WORDS.get(lacked or "", f"other steps hold all that is left of the resource {lacked}; one of them ends")
