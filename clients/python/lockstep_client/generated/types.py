"""What stands for a value that is not sent."""

from typing import Final, Literal


class Unset:
    """The type of `UNSET`."""

    def __bool__(self) -> Literal[False]:
        return False


UNSET: Final = Unset()
