"""One writer for a result folder at a time."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from territory.errors import FolderInUseError


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Hold the exclusive lock of a result folder, a file beside it that names its process and host.

    The operating system frees the lock when its process ends, however it ends; so a file left behind by a killed
    process is taken over. A file that names another host is respected, because its process cannot be asked.

    Raises
    ------
    FolderInUseError
        Another process is writing to the folder.
    """
    path = folder.parent / f".{folder.name}.lock"
    folder.parent.mkdir(parents=True, exist_ok=True)
    handle = _take(path, folder)
    try:
        yield
    finally:
        if sys.platform == "win32":  # an open file cannot be deleted there
            os.close(handle)
            path.unlink(missing_ok=True)
        else:
            path.unlink(missing_ok=True)
            os.close(handle)


def _take(path: Path, folder: Path) -> int:
    while True:
        handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            if not _locked(handle):
                raise FolderInUseError(_in_use(folder, path, _holder(handle)))
            if not _still_there(handle, path):  # the holder before finished and removed the file in between
                os.close(handle)
                continue
            holder = _holder(handle)
            if holder and holder[1] != socket.gethostname():
                raise FolderInUseError(_in_use(folder, path, holder))
            _sign(handle)
        except BaseException:
            os.close(handle)
            raise
        return handle


def _locked(handle: int) -> bool:
    """Return whether this process got the lock."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - exists on Windows alone

            os.lseek(handle, 1 << 20, os.SEEK_SET)  # far behind the text, which others must be able to read
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - does not exist on Windows

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _still_there(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _sign(handle: int) -> None:
    os.lseek(handle, 0, os.SEEK_SET)
    os.ftruncate(handle, 0)
    os.write(handle, json.dumps({"pid": os.getpid(), "host": socket.gethostname()}).encode())
    os.fsync(handle)


def _holder(handle: int) -> tuple[int, str] | None:
    os.lseek(handle, 0, os.SEEK_SET)
    try:
        content = json.loads(os.read(handle, 1000))
        return int(content["pid"]), str(content["host"])
    except (ValueError, KeyError, TypeError):  # empty: nobody has signed yet
        return None


def _in_use(folder: Path, path: Path, holder: tuple[int, str] | None) -> str:
    who = f"process {holder[0]} on {holder[1]}" if holder else "another process"
    return f"{folder} is being written by {who}; wait for it, or delete {path} if no such process runs"
