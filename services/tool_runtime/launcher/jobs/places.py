"""What of a launcher's places a job takes while it runs, by its tool's cost class."""

from foundation.domain.tools import CostClass

WHOLE = 2
"""The shares of one place, which is what a job takes that keeps a processor busy."""
SHARES = {CostClass.LIGHT: 1, CostClass.COMPUTE: WHOLE, CostClass.HEAVY: 2 * WHOLE}
