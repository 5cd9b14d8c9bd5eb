"""Places where a test lets the process die as a power cut would; nothing else ever stops there.

DOUDI_FAILPOINT names one of NAMES, with `:n` for its n-th passage in the process. Without the variable passing a point
is one look-up. Production settings refuse to start where it is set.
"""

import os
from typing import Any

from django.db.transaction import Atomic

from doudi.store.full_disk import in_words, is_full_disk

VARIABLE = "DOUDI_FAILPOINT"
DIED = 86  # exit code: the point was reached

# Each of these is a transaction of the money path: it may die just before and just after its commit.
STEPS = (
    "regular.open", "regular.chunk", "regular.complete",
    "backpay.open", "backpay.chunk", "backpay.complete",
    "correction.open", "correction.chunk", "correction.complete",
    "resolve", "lock", "reopen", "approve", "export", "hand_over", "by_hand",
    "return.stage", "return.apply", "close",
    "release.propose", "release.approve",
    "recovery.order", "recovery.confirm", "recovery.receive", "recovery.cancel",
    "write_off.propose", "write_off.approve",
    "job.start", "anchor",
)  # fmt: skip
# The state is written and the transaction goes on; a job's state is a statement of its own.
STATES = (
    "state.draft", "state.locked", "state.reviewed", "state.approved", "state.exported", "state.handed", "state.closed",
    "job.claimed", "job.progress", "job.finished",
)  # fmt: skip
# Between the parts of writing a file.
FILES = (
    "anchor.written", "anchor.synced", "anchor.renamed", "anchor.folder_synced",
    "kept.written", "kept.synced", "key.written", "key.linked",
)  # fmt: skip
NAMES = frozenset(f"{name}.{side}" for name in STEPS for side in ("before", "after")).union(STATES, FILES)

_passed = 0


def point(name: str) -> None:
    """测试点名的地方, 进程到这里就此中断; 平常什么也不做。"""
    if VARIABLE in os.environ:
        _reached(name)


def _reached(name: str) -> None:
    global _passed
    if name not in NAMES:
        raise LookupError(f"没有登记的中断点: {name}")
    wanted, _, nth = os.environ[VARIABLE].partition(":")
    if name == wanted:
        _passed += 1
        if _passed == int(nth or 1):
            os._exit(DIED)


class step(Atomic):  # noqa: N801  (used as transaction.atomic is)
    """钱款路上有名字的一个事务, 写法同 transaction.atomic: 提交前后各有一个中断点, 盘满时说得明白。"""

    def __init__(self, name: str) -> None:
        super().__init__(using=None, savepoint=True, durable=False)
        self.name = name

    def __enter__(self) -> None:
        with in_words():
            super().__enter__()

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        if exc_type is None:
            point(f"{self.name}.before")
        with in_words():
            super().__exit__(exc_type, exc_value, traceback)
            if is_full_disk(exc_value):
                raise exc_value
        if exc_type is None:
            point(f"{self.name}.after")
