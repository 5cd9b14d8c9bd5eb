"""The month's figures add up: roll = last month's roll + entered − left, and every figure names its base."""

import datetime as dt
import io
import json
import random
from collections import Counter

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from doudi.law.clocks import first_of_month
from doudi.records.payments import services as payments
from doudi.records.people import services as people
from doudi.records.people.models import Fact, Household
from doudi.records.policies.rulebooks import standing
from doudi.records.reports.queries import MonthSum, month_end, paid_by_month, statistics
from doudi.records.reports.sheets import workbook
from tests.services import bank_answers, factories
from tests.services.golden_family import COUNTY, TOWNSHIP, VILLAGE, number

SEED = 20261105
Row = tuple[int, int, dt.date, dt.date | None]
pytestmark = pytest.mark.django_db


def random_history(dice: random.Random) -> list[Row]:
    """(household, 分, from, until) of awards over a year; some households change or come back."""
    rows = []
    for home in range(60):
        start = first_of_month(dt.date(2026, 1, 1), dice.randrange(10))
        while True:
            months = dice.choice((None, None, 1, 2, 4))
            until = first_of_month(start, months) if months else None
            rows.append((home, dice.randint(1_000, 90_000), start, until))
            if until is None or dice.random() < 0.5:
                break
            start = first_of_month(until, dice.choice((0, 0, 1)))
    return rows


def write(history: list[Row]) -> None:
    homes = factories.households(factories.persons(60))
    for home, fen, start, until in history:
        award = factories.grant(homes[home], fen, from_on=start)
        if until:
            factories.stop(award, until)


@pytest.mark.parametrize("trial", range(3))
def test_figures_equal_a_plain_count_over_a_random_year(trial: int) -> None:
    dice = random.Random(SEED + trial)
    print(f"seed {SEED + trial}")
    factories.office()
    history = random_history(dice)
    write(history)
    for month in range(202602, 202612):
        now, before = month_end(month), month_end(month - 1 if month % 100 > 1 else month - 89)
        found = {one.id: one for one in statistics(month, COUNTY).schemes}.get("dibao_rural")
        expected = {day: {row[0]: row for row in history if on_roll(row, day)} for day in (before, now)}
        came, went = expected[now].keys() - expected[before], expected[before].keys() - expected[now]
        assert found is not None
        assert found.households == len(expected[now])
        assert found.persons == len(expected[now]), "样本每份待遇一人"
        assert found.amount_fen == sum(row[1] for row in expected[now].values())
        assert (found.entered.households, found.left.households) == (len(came), len(went))
        assert found.households == len(expected[before]) + found.entered.households - found.left.households
        assert found.persons == len(expected[before]) + found.entered.persons - found.left.persons
        assert sum(found.left.by_reason.values()) == found.left.households


def on_roll(row: Row, day: dt.date) -> bool:
    return row[2] <= day and (row[3] is None or row[3] > day)


def test_a_changed_amount_is_neither_entry_nor_exit() -> None:
    factories.office()
    home, member = factories.households(factories.persons(1))[0], factories.persons(1)[0]
    old = factories.grant(home, 30_000, from_on=dt.date(2026, 1, 1))
    factories.stop(old, dt.date(2026, 11, 1))
    factories.grant(home, 45_000, from_on=dt.date(2026, 11, 1), members=[member])
    row = statistics(202611, COUNTY).schemes[0]
    assert (row.households, row.persons, row.amount_fen) == (1, 2, 45_000)
    assert (row.entered.households, row.entered.persons) == (0, 1)
    assert (row.left.households, row.left.by_reason) == (0, {})


def test_coverage_names_its_base_and_averages_round_half_up() -> None:
    factories.office()
    factories.receiving(3, fen=10_001, step=0)
    told = statistics(202611, COUNTY)
    assert told.base == {
        "2026 年农村户籍人口（统计基数） (演示值)": 780_000,
        "2026 年城镇户籍人口（统计基数） (演示值)": 390_000,
    }
    row = told.schemes[0]
    assert (row.average_fen, row.coverage_bp) == (10_001, 0)
    assert statistics(202611, TOWNSHIP).schemes[0].coverage_bp is None, "乡镇没有登记基数就不写覆盖率"


def test_a_village_counts_only_its_own() -> None:
    factories.office()
    factories.receiving(2)
    assert statistics(202611, VILLAGE).schemes[0].households == 2
    assert statistics(202611, "410482102000").schemes == ()


def test_the_number_of_queries_does_not_grow() -> None:
    factories.office()
    factories.receiving(2)
    with CaptureQueriesContext(connection) as few:
        statistics(202611, COUNTY)
    factories.receiving(40)
    with CaptureQueriesContext(connection) as many:
        statistics(202611, COUNTY)
    assert len(many) == len(few) <= 8


def test_what_was_paid_is_what_the_bank_confirmed() -> None:
    office = factories.office()
    factories.receiving(3, fen=10_000)
    run = payments.build(scheme="dibao_rural", month=202611, by=office.caiwu)
    payments.lock(run, by=office.caiwu)
    payments.approve(run, 1, by=office.fuhe)
    payments.approve(run, 2, by=office.pizhun)
    payments.export(run, "csv", by=office.pizhun)
    payments.hand_over(run, by=office.pizhun)
    assert paid_by_month(202611, COUNTY, 12) == []
    bank_answers.taken_in(run, bank_answers.answer(run, results={2: "失败"}))
    assert paid_by_month(202611, COUNTY, 12) == [MonthSum(202611, "dibao_rural", 2, 20_000)]
    assert paid_by_month(202611, "410482102000", 12) == []


def test_the_command_prints_the_agreed_shape() -> None:
    factories.office()
    factories.receiving(2)
    told = json.loads(run("statistics", "--month", "2026-11", "--area", "410482", "--format", "json"))
    assert (told["month"], told["area"]) == ("2026-11", COUNTY)
    scheme = told["schemes"][0]
    assert scheme.keys() == {
        "id", "households", "persons", "amount_fen", "entered", "left", "average_fen", "coverage_bp", "classes",
    }  # fmt: skip
    assert scheme["left"].keys() == {"households", "persons", "by_reason"}
    assert "农村最低生活保障\t2 户" in run("statistics", "--month", "2026-11", "--area", "410482")
    with pytest.raises(CommandError) as wrong:
        run("statistics", "--month", "2026-13", "--area", "410482")
    assert wrong.value.returncode == 2


def test_the_workbook_holds_the_same_figures() -> None:
    factories.office()
    factories.receiving(4, step=100)
    told = statistics(202611, COUNTY)
    book = openpyxl.load_workbook(io.BytesIO(workbook(told, 202611, on=dt.date(2026, 11, 5), demo=True)))
    cells = {sheet.title: [[cell.value for cell in row] for row in sheet.rows] for sheet in book}
    assert set(cells) == {"分项目", "分地区", "退出理由"}
    row = next(row for row in cells["分项目"] if row[0] == "农村最低生活保障")
    assert row[1:4] == [4, 4, (81_900 * 4 + 600) / 100]
    assert "合成" in cells["分项目"][2][0]


def test_the_whole_roll_is_assessed_again_and_one_household_explained() -> None:
    office = factories.office()
    member = people.Member(name="赵甲", id_number=number("19810301", 11), relation="head")
    home = people.register_household(
        by=office.caiwu, village_id=VILLAGE, kind="rural", members=[member], address="", phone="",
        on=dt.date(2026, 9, 1),
    )  # fmt: skip
    income = people.FactDraft(kind="income", code="crops", person_id=home.head_id, amount_fen=240_000)
    people.record_facts(
        by=office.caiwu, household=home, facts=[income], source=Fact.Source.DECLARED, on=dt.date(2026, 9, 1),
        from_on=dt.date(2026, 9, 1),
    )  # fmt: skip
    factories.grant(home, 29_000, from_on=dt.date(2026, 10, 1))
    other = Household.objects.get(pk=factories.households(factories.persons(1))[0].pk)
    factories.grant(other, 12_300, from_on=dt.date(2026, 10, 1))

    told = json.loads(run("assess", "--month", "2026-11", "--json"))
    rules = standing("dibao", COUNTY[:6], dt.date(2026, 11, 1))
    assert (told["rulebook_version"], told["parameters_hash"]) == (rules.edition.version, rules.digest)
    assert f"规则版本 {rules.edition.version}" in run("assess", "--month", "2026-11")
    assert (told["households"], told["awarded_fen"]) == (2, 41_300)
    by_home = Counter(row["household"] for row in told["differing"])
    # (5,880 − 2,400) ÷ 12 = 290.00 as awarded; the other has no income on record, so it is assessed higher
    assert by_home == {other.no: 1}

    explained = json.loads(run("explain", "--household", home.no, "--month", "2026-11", "--json"))
    assert explained["total_fen"] == 29_000
    words = run("explain", "--household", home.no, "--month", "2026-11")
    assert "5,880.00" in words
    assert "每月合计 290.00 元" in words


def run(command: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()
