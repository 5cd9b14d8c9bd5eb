"""A full disk said plainly: what was being written is gone, what was committed stands."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError

from doudi.store.refusal import Refusal

SQLITE_NAMES = frozenset(
    {"SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"}
)  # the second: no room for the index of the journal
POSTGRES_STATE = "53100"


class DiskFull(Refusal):
    """数据盘写满了。"""

    def __init__(self) -> None:
        super().__init__(
            "数据盘已经写满, 这一步没有办成, 也没有留下半截; 以前办成的都在。请告诉系统管理员腾出空间, 然后再办一次。"
        )


def is_full_disk(error: BaseException | None) -> bool:
    """是不是因为盘满: 数据库说的, 或者写文件时系统说的。"""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if getattr(error, "sqlite_errorname", "") in SQLITE_NAMES or _state(error) == POSTGRES_STATE:
            return True
        error = error.__cause__
    return False


def _state(error: BaseException) -> str:
    return str(getattr(error, "sqlstate", "") or "")


@contextmanager
def in_words() -> Iterator[None]:
    """盘满时换成说得明白的拒绝。Raises DiskFull."""
    try:
        yield
    except (DatabaseError, OSError) as error:
        if is_full_disk(error):
            raise DiskFull from error
        raise
