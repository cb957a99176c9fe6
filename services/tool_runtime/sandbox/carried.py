"""The workspace of one job as it passes through the runner: an archive that nobody out here opens."""

from dataclasses import dataclass, field

from tool_runtime.sandbox.frames import FrameError, Piece


@dataclass
class CarriedWorkspace:
    """`taken` is laid out for the job, None where it begins with nothing; `kept` is what it left, once it is whole.

    The limits are those of `inside/workspace.py`; what passes the one of the archive is a broken protocol.
    """

    taken: bytes | None
    limits: dict[str, int]
    kept: bytes | None = None
    _pieces: bytearray = field(default_factory=bytearray)

    def take(self, piece: Piece) -> None:
        self._pieces += piece.data
        if self.kept is not None or len(self._pieces) > self.limits["archive"]:
            raise FrameError("a workspace that is larger than allowed")
        if piece.last:
            self.kept = bytes(self._pieces)
