"""What happened inside leaves no trace: many trials in one test, each on the same beginning."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def undone() -> Iterator[None]:
    """All that is written inside is taken back at the end.

    The savepoint is released too: one only rolled back stays open, and every later write pays for each of them.
    """
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
