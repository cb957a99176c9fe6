"""What a client of a service raises when it cannot be reached; who answers, if only to refuse, is reached."""

from foundation.domain.errors import DependencyUnavailable


class NotReached(DependencyUnavailable):
    """No connection to the service could be made or kept."""
