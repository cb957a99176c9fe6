"""Why an item is nothing with which a run can begin again."""

from collections.abc import Collection

from foundation.domain.words.quoting import quoted


def why_item(name: str, known: Collection[str]) -> str | None:
    """What is wrong with the name of an item of one of the run's steps (`known`); None where it is no such name."""
    step, bracket, _ = name.partition("[")
    if bracket and step in known:
        goes_on = "which goes on with those items that did not succeed"
        return f"{quoted(name)} is an item; name its step {quoted(step)}, {goes_on}"
    return None
