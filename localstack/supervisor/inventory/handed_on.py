"""What the shell sets for the services of the local stack: each gets what its settings read, and nothing else.

The stack says itself where things are and who may log in where. What it says for any of its processes, or in
`.local/env` for shells, is handed on to none, so that a shell that has read `.local/env` of another stack changes
nothing.
"""

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from supervisor import env_file
from supervisor.inventory.readable import readable
from supervisor.inventory.services import services
from supervisor.inventory.surroundings import Surroundings
from supervisor.processes.process import Process
from supervisor.settings import Settings


@dataclass(frozen=True, slots=True)
class HandedOn:
    """The services with what they get, all of it, and what is wrong with the rest."""

    services: list[Process]
    variables: Mapping[str, str] = field(default_factory=dict)
    warnings: Sequence[str] = ()


def handed_on(here: Surroundings) -> HandedOn:
    settings, computed = here.settings, services(here)
    of_shells = here.for_a_shell().keys() | env_file.read(settings.paths.env).keys()
    ours = {name for one in computed for name in one.environment}
    given = {name: text for name, text in settings.shell_variables.items() if name not in of_shells}
    free = {name: text for name, text in given.items() if name not in ours}
    read = {one.name: readable(one.argv[-1]) for one in computed}
    reached = [
        replace(one, environment={**{name: free[name] for name in free if name in read[one.name]}, **one.environment})
        for one in computed
    ]
    known = frozenset().union(*read.values())
    warnings = [
        f"{name} is set by the local stack itself: yours is handed on to nobody"
        for name in sorted(given.keys() - free.keys())
    ]
    warnings += [_unknown(name, {*known, *settings.as_variables()}) for name in sorted(free.keys() - known)]
    return HandedOn(reached, {name: free[name] for name in free if name in known}, warnings)


def of_settings(settings: Settings) -> HandedOn:
    """For a command, which has no surroundings yet."""
    settings.paths.create()
    return handed_on(Surroundings(settings))


def _unknown(name: str, known: Collection[str]) -> str:
    alike = difflib.get_close_matches(name, [one for one in known if one.startswith("LOCKSTEP_")], n=1, cutoff=0.85)
    meant = f"; is {alike[0]} meant?" if alike else ""
    return f"{name} is set, and nothing that the local stack starts reads it{meant}"
