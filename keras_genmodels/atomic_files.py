"""Files that appear whole or not at all, and locks that a killed process lets go."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FULL = (errno.ENOSPC, errno.EDQUOT)
_UNFINISHED = ".partial"  # ends the name of a folder that is being filled
_REFUSALS = (*FULL, errno.EFBIG, errno.EIO, errno.EROFS, errno.EACCES)


def refusal(error: BaseException) -> OSError | None:
    """Find what a disk refused in an error, also in one of TensorFlow's.

    TensorFlow tells in errors of its own, by the system's words, what its writers of
    files met.

    Args:
        error: of anything.

    Returns:
        An `OSError` with its number, or None if the error is of another kind.

    Example:
        >>> refusal(RuntimeError("a/b.pb; No space left on device")).errno
        28
        >>> refusal(RuntimeError("OOM when allocating tensor"))
    """
    if isinstance(error, OSError):
        return error
    told = (number for number in _REFUSALS if os.strerror(number) in str(error))
    number = next(told, None)
    return None if number is None else OSError(number, os.strerror(number))


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a path beside another, which takes its place at the end of the block.

    Where the block fails, the file that was there stays, and what was written beside
    it is removed. What a killed process left there is overwritten by the next one.

    Args:
        path: of the file; its folder must be there.

    Yields:
        A path in the same folder, with the same ending, which names a format.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> with replacing(folder / "notes.txt") as partial:
        ...     _ = partial.write_text("whole")
        >>> [file.name for file in folder.iterdir()]
        ['notes.txt']
    """
    path = Path(path)
    partial = path.with_name(f".partial-{path.name}")
    try:
        yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def write_text(path: str | os.PathLike[str], content: str) -> None:
    """Write a text file whole or not at all, its line ends as they are."""
    with replacing(path) as partial:
        partial.write_text(content, encoding="utf-8", newline="")


def write_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file whole or not at all."""
    with replacing(path) as partial:
        partial.write_bytes(content)


def write_json(path: str | os.PathLike[str], content: Any) -> None:
    """Write a JSON file whole or not at all."""
    write_text(path, json.dumps(content, indent=2) + "\n")


@contextlib.contextmanager
def filling(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a new folder beside another, for what is moved to its place when complete.

    It is removed at the end of the block where it is still there. What killed processes
    left beside `path` in this way is removed at the beginning.

    Args:
        path: of the folder that it becomes; the one above is made if it is not there.

    Yields:
        An empty folder.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        with locked(path.parent):
            _remove_left(path.parent)
            name = {"prefix": f"{path.name}.", "suffix": _UNFINISHED}
            beside = tempfile.mkdtemp(**name, dir=path.parent)
            stack.enter_context(locked(beside))
        try:
            yield Path(beside)
        finally:
            shutil.rmtree(beside, ignore_errors=True)


def _remove_left(folder: Path) -> None:
    """Remove unfinished folders that no process holds."""
    for path in folder.glob(f"*.????????{_UNFINISHED}"):
        with locked(path, wait=False) as held:
            if held:
                shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def locked(path: str | os.PathLike[str], wait: bool = True) -> Iterator[bool | None]:
    """Hold a file or a folder against other processes that lock it.

    Args:
        path: of a folder, or of a file, which is made if it is not there.
        wait: whether to wait until others let go.

    Yields:
        Whether it is held: False where another process has it and `wait` is False, None
        where there are no such locks, as on Windows and on some network's folders.
    """
    try:
        import fcntl
    except ImportError:
        yield None
        return
    kind = os.O_RDONLY if os.path.isdir(path) else os.O_RDWR | os.O_CREAT
    file, held = os.open(path, kind, 0o666), True
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError as error:
            held = False if isinstance(error, BlockingIOError) else None
        yield held
    finally:
        os.close(file)
