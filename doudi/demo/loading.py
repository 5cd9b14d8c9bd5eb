"""Load the demo county: batch by batch, each in one transaction with its audit event; or find it already there."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from doudi.demo.amounts import set_amounts
from doudi.demo.award_rows import Decided, decisions_of, write_decisions
from doudi.demo.closed_cases import write_closed_cases
from doudi.demo.deliberations import make_panels
from doudi.demo.office import furnish
from doudi.demo.payroll import Months, payables
from doudi.demo.people_rows import Cards, write_people
from doudi.demo.plan import MONTHS, OPENS_ON, County, Family
from doudi.demo.standing_cases import make_standing_cases
from doudi.demo.writing import ACTOR, Writer
from doudi.records.areas import queries as areas
from doudi.records.areas.models import Area
from doudi.records.audit import anchor_files
from doudi.records.audit.models import Event
from doudi.records.audit.services import anchor, record
from doudi.records.cases.models import Case
from doudi.records.people.models import Person
from doudi.records.staff.models import User
from doudi.store.models import Counter as NumberCounter
from doudi.store.refusal import Refusal
from doudi.store.today import move_to

_CASE_FACTS = ("no", "village_id", "station", "accepted_on", "station_from_on", "station_due_on", "outcome")
BEGUN, LOADED = "demo.begin", "demo.loaded"
CACHE_KIB = 262_144  # the indexes of two years of payments stay in memory while they grow
Say = Callable[[str], None]


class NotADemoDatabase(Refusal):
    """库里有不是演示装进去的记录。"""

    def __init__(self) -> None:
        super().__init__("这个数据库里有不是演示县的记录, 没有改动。请换一个空的数据库再装演示县。")


@dataclass(frozen=True)
class Loaded:
    """装好的演示县: 种子、倍数、内容指纹。"""

    seed: int
    scale: float
    digest: str


def state() -> str:
    """库里的演示县: empty 空的, partial 没装完, loaded 装好了, foreign 不是演示县。"""
    if not _has_table(Event):
        return "empty"
    actions = set(Event.objects.filter(action__in=(BEGUN, LOADED)).values_list("action", flat=True))
    if LOADED in actions:
        return "loaded"
    if BEGUN in actions:
        return "partial"
    used = any(_has_table(m) and m.objects.exists() for m in (Area, Person, User, Event))
    return "foreign" if used else "empty"


def found() -> Loaded:
    """已装好的演示县。"""
    facts = json.loads(Event.objects.get(action=LOADED).body)
    return Loaded(facts["seed"], facts["permille"] / 1000, facts["digest"])


def prepare(*, fresh: bool) -> str:
    """建表, 清掉没装完的。Returns the state loading starts from. Raises NotADemoDatabase."""
    now_here = state()
    if now_here == "foreign":
        raise NotADemoDatabase
    if now_here == "partial" or (now_here == "loaded" and fresh):
        _empty_database()
        now_here = "empty"
    call_command("migrate", interactive=False, verbosity=0)
    return now_here


def load(*, scale: float, seed: int, say: Say, months: int = len(MONTHS)) -> Loaded:
    """装载演示县; 只发最近 `months` 个月的款。The database is migrated and empty. Returns what was loaded."""
    loader = Loader(scale, seed, say, months)
    loader.office()
    loader.people()
    loader.awards()
    loader.payroll()
    loader.cases()
    return loader.finish()


class Loader:
    """一步一步装: 办公室、人、待遇、发放、在办案件。"""

    def __init__(self, scale: float, seed: int, say: Say, months: int) -> None:
        self.scale, self.seed, self.say, self.months = scale, seed, say, months
        self.county_code = settings.COUNTY
        self.writer = Writer()
        self.staff: dict[str, User] = {}
        self.families: list[Family] = []
        self.decided: list[Decided] = []
        self.cards: Cards | None = None

    def office(self) -> None:
        """先记下开始, 没装完的才认得出来。"""
        _set_anchors_aside()
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        with transaction.atomic():
            move_to(OPENS_ON)
            record(by=ACTOR, action=BEGUN, subject="demo:county", seed=self.seed)
        with transaction.atomic():
            _, self.staff = furnish(self.writer, self.county_code, OPENS_ON)
            self.writer.seal("office")
        self.say("区划、人员、工作日历")

    def people(self) -> None:
        """家庭、成员、事实、账户。"""
        places = list(areas.villages(self.county_code.ljust(12, "0")).values_list("code", "name"))
        self.families = County(places, scale=self.scale, seed=self.seed).families()
        names = areas.full_names([code for code, _ in places])
        with transaction.atomic():
            self.cards = write_people(self.writer, self.families, names, self.county_code, self.seed)
            self.writer.seal("people")
        persons = sum(len(family.members) for family in self.families)
        self.say(f"{len(self.families):,} 户 {persons:,} 人 (含已退出的)")

    def awards(self) -> None:
        """按规则书测算, 写下案件、决定、待遇。"""
        set_amounts(self.families)
        self.decided = decisions_of(self.families, self.county_code)
        with transaction.atomic():
            cases = write_closed_cases(self.writer, self.families, self.staff, self.county_code)
            write_decisions(self.writer, self.decided, cases, _roll_hash(self.families))
            _report_deaths(self.families)
            self._set_counters()
            self.writer.seal("awards")
        self.say(f"{len(self.decided):,} 个决定, {len(cases):,} 件已办结的案件")

    def payroll(self) -> None:
        """最近二十四个月 (或要的几个月) 的发放和账。"""
        assert self.cards is not None
        months = Months(self.writer, payables(self.decided, self.cards), self.staff, MONTHS[-self.months :])
        months.write()
        self.say(f"{months.runs} 个发放批次, {months.lines:,} 行")

    def cases(self) -> None:
        """在办的案件, 一件件经办理的动作走到现在。"""
        with transaction.atomic():
            self.writer.set_sequences()
        made = make_standing_cases(self.staff, self.county_code, scale=self.scale, seed=self.seed)
        make_panels(self.staff, self.county_code, seed=self.seed)
        with transaction.atomic():
            self.writer.note(list(Case.objects.order_by("no").values_list(*_CASE_FACTS)))
            self.writer.seal("cases")
        self.say(f"{made} 件在办和新办结的案件")

    def finish(self) -> Loaded:
        """核对过了才记"装好了", 并落第一个锚。"""
        with transaction.atomic():
            move_to(OPENS_ON)
            loaded = Loaded(self.seed, self.scale, self.writer.digest)
            record(
                by=ACTOR, action=LOADED, subject="demo:county", seed=self.seed,
                permille=round(self.scale * 1000), digest=loaded.digest,
            )  # fmt: skip
            anchor(by=ACTOR, on=OPENS_ON)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        return loaded

    def _set_counters(self) -> None:
        """The next numbers go on where the demo's end."""
        used: Counter[str] = Counter()
        used[f"household-{self.county_code}"] = len(self.families)
        for decided in self.decided:
            used[f"decision-{decided.on.year}"] += 1
        for family in self.families:
            if family.has_case:
                used[f"case-{family.opened_on.year}"] += 1
        NumberCounter.objects.bulk_create(NumberCounter(name=n, value=v) for n, v in sorted(used.items()))


def _roll_hash(families: list[Family]) -> str:
    """The fingerprint of the roll that was handed over: who, where, how many."""
    digest = hashlib.sha256()
    for family in families:
        if not family.has_case:
            digest.update(repr((family.household_id, family.village, len(family.members))).encode())
    return digest.hexdigest()


def _report_deaths(families: list[Family]) -> None:
    """Those whose award ended by death died in the month before; written after the amounts, which knew them alive."""
    rows: list[tuple[dt.date, dt.date, int]] = []
    for family in families:
        if family.left_by_death and family.left_on:
            died = family.left_on - dt.timedelta(days=24 - family.household_id % 9)
            rows.append((died, died + dt.timedelta(days=2), family.head_id))
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE people_person SET died_on = %s, death_reported_on = %s WHERE id = %s", rows
        )


def _set_anchors_aside() -> None:
    """Anchor files of a database that is no more would accuse the new one; they are kept, under another name."""
    folder = anchor_files.folder()
    if folder.exists() and any(folder.iterdir()):
        earlier = len(list(folder.parent.glob(f"{folder.name}-*"))) + 1
        folder.rename(folder.with_name(f"{folder.name}-{earlier}"))


def _has_table(model: Any) -> bool:
    return model._meta.db_table in connection.introspection.table_names()


def _empty_database() -> None:
    """The guards refuse to empty a table, on purpose; so the tables themselves go, and migrate makes them again."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
        for kind, name in cursor.fetchall():
            if kind in ("table", "view"):
                cursor.execute(f'DROP {kind} IF EXISTS "{name}"')
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA foreign_keys=ON")
