"""Objects of a repository that are what their ids say, however they came into it.

Git takes the name of an object on trust: whoever wrote `.git/objects` may have put another content under the id of an
object there. So what an action says something about is copied to a store that no job has written, and there every
object is named anew by what it holds. One that was not what its id says is not there under that id.
"""

import contextlib
import pathlib
import shutil
from collections.abc import Iterable, Iterator

from tool_runtime.tools.programs.endings import ActionFailed
from tool_runtime.tools.programs.git.commands import objects_in, raw, run, untrue

_STORE = pathlib.Path("/tmp/git-proven")  # noqa: S108  (inside the sandbox; what lies below /work may be a workspace)
_OBJECTS = _STORE / "objects"
_LINK, _TREE, _REPOSITORY = b"120000", b"tree", b"160000"
_READ_BY_GIT = frozenset({b".gitattributes", b".gitignore", b".gitmodules"})
"""Names of files that git reads from objects where it finds none in the folder."""
_FOREIGN = b" missing"
_RAW = ("--raw", "-r", "--no-renames", "--no-abbrev", "--ignore-submodules=dirty", "-z")


class Proven:
    """The store for one repository, empty at first. Each of its methods raises `ActionFailed` for what is not true."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        self._names = set[bytes]()
        self._packs = 0
        shutil.rmtree(_STORE, ignore_errors=True)
        form = run("rev-parse", "--show-object-format", at=folder).strip()
        run("init", "--quiet", "--bare", "--template=", f"--object-format={form}", str(_STORE), at=None)

    def alone(self) -> contextlib.AbstractContextManager[None]:
        """Within it git knows the objects of the store, and no others."""
        return objects_in(_OBJECTS)

    def peeled(self, name: str) -> str:
        """The commit that an object is, or that it is a tag of."""
        while True:
            self._copy([name.encode()])
            with self.alone():
                if run("cat-file", "-t", name, at=self._folder).strip() != "tag":
                    return name
                name = run("cat-file", "tag", name, at=self._folder).split(maxsplit=2)[1]

    def commit(self, name: str) -> None:
        """The commit with its folders and its links, and what git reads of it by itself; not the contents of files."""
        self._copy([name.encode()])
        with self.alone():
            tree = run("cat-file", "commit", name, at=self._folder).split(maxsplit=2)[1]
        self.tree(tree)

    def tree(self, name: str) -> None:
        """The same of a tree."""
        # As a repository lists it that may lie, and then once more by what is true.
        self._copy([name.encode(), *self._listed(name)])
        with self.alone():
            listed = list(self._listed(name))
        self._copy(listed)

    def change(self, *revisions: str, cached: bool = False) -> None:
        """The contents that differ between two revisions, or between one and the folder, or the index (`cached`)."""
        # Unlike `diff` these two read none of them.
        command = ("diff-tree",) if len(revisions) > 1 else ("diff-index", *(("--cached",) if cached else ()))
        with self.alone():
            told = raw(*command, *_RAW, *revisions, "--", at=self._folder)
        self._copy(_contents(told))

    def history(self, name: str) -> None:
        """All commits that lead to this one, so that a walk along them ends where it should."""
        with _told_as_untrue():
            walked = raw("rev-list", name, "--", at=self._folder)
        self._copy(walked.split())

    def _listed(self, tree: str) -> Iterator[bytes]:
        with _told_as_untrue():
            told = raw("ls-tree", "-r", "-t", "-z", tree, at=self._folder)
        for entry in told.split(b"\0"):
            head, _, path = entry.partition(b"\t")
            if not head:
                continue
            mode, kind, name = head.split(b" ")
            if kind == _TREE or mode == _LINK or path.rpartition(b"/")[2] in _READ_BY_GIT:
                yield name

    def _copy(self, names: Iterable[bytes]) -> None:
        new = list(dict.fromkeys(name for name in names if name not in self._names))
        if not new:
            return
        given = b"".join(name + b"\n" for name in new)
        self._packs += 1
        pack = _OBJECTS / "pack" / f"pack-{self._packs}.pack"
        with _told_as_untrue():
            raw("pack-objects", "--quiet", "--stdout", "--window=0", at=self._folder, given=given, into=pack)
        with _told_as_untrue(), self.alone():
            # Names each object by what it holds; a pack itself has no names.
            run("index-pack", str(pack), at=self._folder)
        with self.alone():
            found = raw("cat-file", "--batch-check=%(objectname)", at=self._folder, given=given).splitlines()
        if missing := [line.removesuffix(_FOREIGN) for line in found if line.endswith(_FOREIGN)]:
            raise untrue(f"{missing[0].decode()} is one of {len(missing)} such objects")
        self._names.update(new)


@contextlib.contextmanager
def _told_as_untrue() -> Iterator[None]:
    """What git cannot follow here are objects, whatever words it has for it."""
    try:
        yield
    except ActionFailed as error:
        if error.code == "timed_out":
            raise
        raise untrue(error.detail) from error


def _contents(told: bytes) -> Iterator[bytes]:
    """The objects in `diff --raw -z`: `:mode mode id id status`, then a path."""
    for field in told.split(b"\0"):
        if not field.startswith(b":"):
            continue
        before, after, *names, _ = field[1:].split(b" ")
        for mode, name in zip((before, after), names, strict=True):
            if mode != _REPOSITORY and name.strip(b"0"):
                yield name
