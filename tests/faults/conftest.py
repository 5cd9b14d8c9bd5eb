"""A ground for processes that die, made once a worker from the migrated test database."""

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from doudi.demo.private_postgres import PrivateCluster, server_folder
from tests.faults.ground import Ground, dumped
from tests.pristine import Pristine


@pytest.fixture(scope="session")
def ground(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    pristine: Pristine,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("ground")
    if connection.vendor == "sqlite":
        yield Ground(folder, pristine.copy, None)
        return
    with django_db_blocker.unblock():
        told = connection.settings_dict
        migrated = dumped(pristine.database, folder, server_folder(), str(told["HOST"]), str(told["USER"]))
    with PrivateCluster() as cluster:
        yield Ground(folder, migrated, cluster)
