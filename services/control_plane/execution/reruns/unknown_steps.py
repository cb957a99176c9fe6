"""Why a name is no step with which a run can begin again."""

from collections.abc import Collection


def why_no_step(name: str, known: Collection[str]) -> str:
    """What is wrong with a name that is not among the run's steps (`known`)."""
    step, bracket, _ = name.partition("[")
    if bracket and step in known:
        return f"{name!r} is an item; name its step {step!r}, which goes on with those items that did not succeed"
    return f"the run has no step {name!r}"
