"""What every test stands on: which database, a throw-away folder, and guards no test can forget.

* `--db=sqlite|postgres` chooses the database before Django reads its settings.
* An undefined variable in one of Doudi's own templates fails the test that drew it.
* Warnings are errors (pyproject.toml); so a page of an unordered queryset fails too.
* Tests under PURE need no database and run in the SQLite pass only. A run of nothing but ALONE folders does not
  even load Django, which also shows that what they test does not need it.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from doudi.demo.private_postgres import PrivateCluster
from tests.pristine import Pristine
from tests.undefined import UndefinedVariables

# No deadline for one example: the machine may be busy. A failing example prints the line that repeats it.
hypothesis_settings.register_profile("doudi", deadline=None, print_blob=True)
hypothesis_settings.load_profile("doudi")

TESTS = Path(__file__).parent
ALONE = frozenset({"law", "rules", "engine", "exchange"})
PURE = ALONE | {"guards"}
DATABASE_FIXTURES = frozenset(
    {
        "db",
        "transactional_db",
        "django_db_setup",
        "live_server",
        "client",
        "admin_client",
        "django_user_model",
    }
)
ENGINES = {"sqlite": "django.db.backends.sqlite3", "postgres": "django.db.backends.postgresql"}

cluster_key = pytest.StashKey[PrivateCluster]()
folder_key = pytest.StashKey[Path]()
engine_key = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--db",
        choices=sorted(ENGINES),
        default="sqlite",
        help="the database the tests run on (default: sqlite)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Before Django is set up: a folder of our own, and the address of the database."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        config.stash[folder_key] = Path(tempfile.mkdtemp(prefix="doudi-test-"))
        os.environ["DOUDI_VAR"] = str(config.stash[folder_key])
        os.environ.pop("DOUDI_DATABASE_URL", None)
        if config.option.db == "postgres" and not config.option.collectonly:
            cluster = config.stash[cluster_key] = PrivateCluster()
            cluster.start()
            os.environ["DOUDI_DATABASE_URL"] = cluster.create("doudi")
    else:
        own = Path(os.environ["DOUDI_VAR"]) / worker
        own.mkdir()
        os.environ["DOUDI_VAR"] = str(own)
    (Path(os.environ["DOUDI_VAR"]) / "static").mkdir()  # WhiteNoise warns where its folder is not there
    if not runs_alone(config):
        # Not earlier: pytest-django must not read the settings before the database is chosen.
        os.environ["DJANGO_SETTINGS_MODULE"] = "doudi.settings.test"
        # Reading one makes them configured, on which pytest-django then sets Django up.
        config.stash[engine_key] = settings.DATABASES["default"]["ENGINE"]


def runs_alone(config: pytest.Config) -> bool:
    """Whether only folders are asked for whose code knows no Django."""
    asked = [Path(str(argument).split("::")[0]).resolve() for argument in config.args]
    return all(path.is_relative_to(TESTS) and first_folder(path) in ALONE for path in asked)


def first_folder(path: Path) -> str:
    """The area of a test: the folder under tests/ it lives in ("" for tests/ itself)."""
    return next(iter(path.relative_to(TESTS).parts), "")


def pytest_unconfigure(config: pytest.Config) -> None:
    cluster = config.stash.get(cluster_key, None)
    if cluster is not None:
        cluster.stop()
        cluster.remove()
    folder = config.stash.get(folder_key, None)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def pytest_sessionstart(session: pytest.Session) -> None:
    """A run that names one database and uses another would prove nothing."""
    wanted = ENGINES[session.config.option.db]
    found = session.config.stash.get(engine_key, wanted)
    if found != wanted and not session.config.option.collectonly:
        raise pytest.UsageError(f"--db={session.config.option.db}, but the settings use {found}")


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.option.db}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        area = first_folder(item.path)
        if area in PURE and not needs_database(item):
            item.add_marker(pytest.mark.nodb)
        if area == "journeys":
            item.add_marker(pytest.mark.journey)
    if config.option.db == "postgres":
        once = [item for item in items if item.get_closest_marker("nodb") or item.get_closest_marker("once")]
        config.hook.pytest_deselected(items=once)
        items[:] = [item for item in items if item not in set(once)]


def needs_database(item: pytest.Item) -> bool:
    """Whether a test asks for the database, by mark, by fixture or by class."""
    if item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
        return True
    case = getattr(item, "cls", None)
    return case is not None and issubclass(case, TransactionTestCase)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """On SQLite the test database is a file in WAL mode, as the real one is; never a shared memory."""
    default = settings.DATABASES["default"]
    if default["ENGINE"] == ENGINES["sqlite"]:
        default.setdefault("TEST", {})["NAME"] = str(Path(os.environ["DOUDI_VAR"]) / "test.sqlite3")


@pytest.fixture(scope="session")
def pristine() -> Pristine:
    """The migrated database, kept so that it can be put back."""
    return Pristine(Path(os.environ["DOUDI_VAR"]))


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, pristine: Pristine
) -> Iterator[None]:
    """A copy of the migrated database, put back after each test that really commits."""
    with django_db_blocker.unblock():
        pristine.take()
    with pytest.MonkeyPatch.context() as patch:
        pristine.replace_flush(patch)
        yield
    with django_db_blocker.unblock():
        pristine.remove()


@pytest.fixture(autouse=True)
def undefined_variables(request: pytest.FixtureRequest) -> Iterator[UndefinedVariables]:
    """Fail a test whose pages used a variable nobody gave them."""
    recorder = UndefinedVariables()
    if not apps.ready:
        yield recorder
        return
    with recorder.listening():
        yield recorder
    if recorder.seen and not request.node.get_closest_marker("third_party_templates"):
        pytest.fail("模板用到了没有给出的变量:\n" + "\n".join(recorder.seen), pytrace=False)
