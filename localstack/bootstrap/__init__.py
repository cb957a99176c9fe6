"""Prepares a bare machine to run Lockstep: installs what is missing, and takes no time if nothing is.

Needs Python 3.11 or newer and nothing else; what is downloaded is pinned by hash in `requirements/`.
"""

import sys

OLDEST = (3, 11)

# Before any other module of this package, since an older Python may fail to read them.
if sys.version_info < OLDEST:
    sys.exit(f"cannot prepare this machine: Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version}")
