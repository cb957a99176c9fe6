"""The files that a job left, taken from the sandbox piece by piece and checked again out here."""

from dataclasses import dataclass, field

from foundation.contracts.accepted.file_names import valid_file_name
from foundation.contracts.tool_job import JobLimits
from tool_runtime.sandbox.frames import FrameError, Piece


@dataclass
class Shelf:
    """Holds complete files by name. What passes a limit that the inside should have kept is a broken protocol."""

    limits: JobLimits
    files: dict[str, bytes] = field(default_factory=dict)
    _open: tuple[str, bytearray] | None = None
    _size: int = 0

    def take(self, piece: Piece) -> None:
        try:
            name = valid_file_name(piece.name.decode("utf-8"))
        except ValueError as error:
            raise FrameError("an artifact with a name that is not allowed") from error
        current, content = self._open or (name, bytearray())
        self._size += len(piece.data)
        if current != name or name in self.files:
            raise FrameError("artifacts out of order")
        if self._size > self.limits.artifact_bytes or len(self.files) >= self.limits.artifact_count:
            raise FrameError("more artifacts than allowed")
        content += piece.data
        if piece.last:
            self.files[name] = bytes(content)
            self._open = None
        else:
            self._open = (name, content)
