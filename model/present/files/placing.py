"""Putting files in place: written whole beside their place first, then changed over at once.

Whoever looks, and whatever breaks off, finds the old set or the new one and never a mixture.
Where the system can exchange two folders in one step, that is so even for a killed run. Elsewhere,
and in the folder one stands in, files are changed over one by one and the manifest, taken away
first, comes last: a set without a manifest is not whole. Files of other people stay.
"""

from __future__ import annotations

import ctypes
import errno
import glob
import os
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MANIFEST = "manifest.json"
_AT_CWD, _EXCHANGE = -100, 2
_MOST_LINKED = 2_000
_STALE_S = 60.0


class _Impossible(Exception):
    """The folder cannot be exchanged as a whole."""


def prepare(place: Path) -> None:
    """Make the folder around a place and see that it can be written to; OSError if not."""
    folder = place.parent
    folder.mkdir(parents=True, exist_ok=True)
    with _drafted(folder, place.name) as draft:
        draft.touch()


def put_file(place: Path, write: Callable[[Path], None]) -> None:
    """Put a file in place that `write` writes at the path it is given; a link there is replaced."""
    refuse_no_file(place)
    with _drafted(place.parent, place.name) as draft:
        write(draft)
        _to_disk(draft)
        draft.replace(place)


def refuse_no_file(place: Path) -> None:
    """Raise OSError if what is at a place is neither a file nor a link, which may be replaced."""
    with suppress(FileNotFoundError):
        mode = place.lstat().st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, "a folder of that name is there")
        if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
            raise FileExistsError(errno.EEXIST, "what is there is no file")


def put_folder(
    place: Path, fill: Callable[[Path], Iterable[str]], ours: Callable[[Path], frozenset[str]]
) -> None:
    """Put the files that `fill` writes into a folder in place of `ours`, the set that is there.

    FileExistsError if another file, not one of ours, has one of their names.
    """
    whole = _may_be_exchanged(place)
    around, stem = (place.parent, place.name) if whole else (place, "downstream")
    with _drafted(around, stem) as draft:
        draft.mkdir()
        with _held(draft):
            names = tuple(fill(draft))
            if whole and _is_new(draft, place):
                return
            with _held(place):
                before = ours(place)
                refuse_others(place, names, before)
                _change_over(draft, place, names, before, whole=whole)


def refuse_others(place: Path, names: Iterable[str], ours: frozenset[str]) -> None:
    """Raise FileExistsError if a folder has files of these names that are not ours."""
    others = [name for name in names if name not in ours and os.path.lexists(place / name)]
    if others:
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        said = f"{others[0]}{more} there is not of an earlier run"
        raise FileExistsError(errno.EEXIST, f"{said}: give another folder, or move it")


def refuse_inputs(places: Iterable[Path], inputs: Iterable[str | None]) -> None:
    """Raise FileExistsError if a place is that of a file that is read."""
    read = {os.path.realpath(path) for path in inputs if path is not None}
    for place in places:
        if os.path.realpath(place) in read:
            said = f"{place.name} there is the file that is read"
            raise FileExistsError(errno.EEXIST, f"{said}: give another place")


def _may_be_exchanged(place: Path) -> bool:
    """Tell whether a folder may become another one: nobody here stands in it, it is no mount."""
    here = Path.cwd()
    around = place == here or place in here.parents
    return not (around or os.path.ismount(place)) and os.access(place.parent, os.W_OK)


def _is_new(draft: Path, place: Path) -> bool:
    """Take the place if nothing is there; False if something is."""
    if os.path.lexists(place):
        return False
    try:
        draft.rename(place)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            return False  # somebody else was faster
        raise
    return True


def _change_over(
    draft: Path, place: Path, names: tuple[str, ...], before: frozenset[str], *, whole: bool
) -> None:
    try:
        if not whole:
            raise _Impossible
        _link_others(place, draft, before)
        _exchange(draft, place)
    except _Impossible:
        _one_by_one(draft, place, names, before)
        return
    # What came or changed meanwhile is in the folder that has just become the draft.
    _bring_late(draft, place, before | frozenset(names))


def _one_by_one(draft: Path, place: Path, names: tuple[str, ...], before: frozenset[str]) -> None:
    last = [name for name in names if name == MANIFEST]
    (place / MANIFEST).unlink(missing_ok=True)
    for name in before - frozenset(names):
        (place / name).unlink(missing_ok=True)
    for name in [*(name for name in names if name not in last), *last]:
        (draft / name).replace(place / name)


def _link_others(source: Path, target: Path, leave: frozenset[str] = frozenset()) -> int:
    """Link what others have in a folder into another one, whole trees; return how many files."""
    count = 0
    for entry in os.scandir(source):
        if entry.name in leave:
            continue
        count += 1
        twin = target / entry.name
        try:
            if entry.is_dir(follow_symlinks=False):
                twin.mkdir()
                shutil.copystat(entry.path, twin)
                count += _link_others(Path(entry.path), twin)
            else:
                os.link(entry.path, twin, follow_symlinks=False)
        except OSError:
            raise _Impossible from None
        if count > _MOST_LINKED:
            raise _Impossible
    return count


def _exchange(one: Path, other: Path) -> None:
    """Exchange two folders in one step, where the system can."""
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        raise _Impossible from None
    shutil.copymode(other, one)
    paths = os.fsencode(one), os.fsencode(other)
    if call(_AT_CWD, paths[0], _AT_CWD, paths[1], _EXCHANGE):
        raise _Impossible


def _bring_late(left: Path, place: Path, leave: frozenset[str] = frozenset()) -> None:
    """Move into place what is not there as it was left: others wrote it after it was linked."""
    for entry in os.scandir(left):
        twin = place / entry.name
        if entry.name in leave:
            continue
        if not os.path.lexists(twin):
            os.rename(entry.path, twin)
        elif entry.is_dir(follow_symlinks=False) and twin.is_dir():
            _bring_late(Path(entry.path), twin)
        elif not os.path.samestat(entry.stat(follow_symlinks=False), twin.lstat()):
            os.replace(entry.path, twin)


@contextmanager
def _drafted(folder: Path, stem: str) -> Iterator[Path]:
    """Provide a name in a folder for what is not in place yet; nothing of it is left behind."""
    _sweep(folder, stem)
    draft = folder / f".{stem}.{secrets.token_hex(4)}.part"
    try:
        yield draft
    finally:
        _remove(draft)


def _sweep(folder: Path, stem: str) -> None:
    """Remove the drafts of runs that were killed; those of running ones are held."""
    for path in folder.glob(f".{glob.escape(stem)}.????????.part"):
        with suppress(OSError):
            old = time.time() - path.lstat().st_mtime > _STALE_S
            if old and _nobody_holds(path):
                _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _nobody_holds(path: Path) -> bool:
    if sys.platform == "win32" or not path.is_dir():
        return True
    import fcntl

    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Keep a folder to oneself until it is left; the system lets go of it for a killed run."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # not every network drive can; then runs are on their own
            fcntl.flock(handle, fcntl.LOCK_EX)
        while not os.path.samestat(os.fstat(handle), folder.stat()):
            # Another run has put its folder in this place while this one waited.
            left, handle = handle, os.open(folder, os.O_RDONLY)
            os.close(left)
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
