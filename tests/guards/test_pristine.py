"""After a test that commits, the next one finds the database as the migrations left it, on both kinds."""

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from tests.conftest import ENGINES
from tests.pristine import Pristine


@pytest.mark.django_db(transaction=True)
def test_what_was_committed_is_gone_and_what_was_deleted_is_back(pristine: Pristine) -> None:
    before = sorted(ContentType.objects.values_list("app_label", "model"))
    assert before
    ContentType.objects.create(app_label="left", model="behind")
    ContentType.objects.filter(app_label="sessions").delete()
    assert sorted(ContentType.objects.values_list("app_label", "model")) != before
    pristine.restore()
    assert sorted(ContentType.objects.values_list("app_label", "model")) == before


@pytest.mark.django_db
def test_the_database_is_the_one_that_was_asked_for(pytestconfig: pytest.Config) -> None:
    assert settings.DATABASES["default"]["ENGINE"] == ENGINES[pytestconfig.option.db]
    assert connection.vendor == {"sqlite": "sqlite", "postgres": "postgresql"}[pytestconfig.option.db]


@pytest.mark.django_db
def test_sqlite_is_a_file_that_survives_a_power_cut() -> None:
    """A shared memory database would hide every locking fault and prove nothing about durability."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    with connection.cursor() as cursor:
        modes = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert modes == ["wal", 2]
