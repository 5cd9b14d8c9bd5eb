"""One small demo county for the module, really committed, and the empty database put back afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from pytest_django import DjangoDbBlocker

from tests.pristine import Pristine

if TYPE_CHECKING:  # models cannot be imported yet when this file is read
    from doudi.demo.loading import Loaded

SCALE = 0.004
SEED = 20_261_105


@dataclass(frozen=True)
class TwoLoads:
    """同一个种子装两次。"""

    first: "Loaded"
    second: "Loaded"


@pytest.fixture(scope="module")
def county(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TwoLoads]:
    """The county, loaded twice into an empty database; the second load stays for the tests."""
    pristine = Pristine(tmp_path_factory.mktemp("pristine"))
    print(f"demo county: scale {SCALE}, seed {SEED}")
    with django_db_blocker.unblock():
        pristine.take()
        first = _load()
        pristine.restore()
        second = _load()
    yield TwoLoads(first, second)
    with django_db_blocker.unblock():
        pristine.restore()


def _load() -> "Loaded":
    from doudi.demo import loading

    return loading.load(scale=SCALE, seed=SEED, say=lambda text: None)
