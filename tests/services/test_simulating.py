"""A what-if adds up: every household once, by the scalar rules; sums by township, level and move are the county's."""

import datetime as dt
import io
import json
import random

import pyarrow as pa
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from doudi.law.evaluation import evaluate
from doudi.law.library import BOOKS
from doudi.records.areas.models import Area
from doudi.records.checks.scenarios import keep
from doudi.records.checks.simulating import CannotSimulate, Question, near_households, shared, simulate
from doudi.records.checks.tables import case_tables
from doudi.records.checks.weighing import MOVES
from doudi.records.checks.whatif import BadChange, raised, what_if
from doudi.records.ledger.services import post
from doudi.records.people.models import Fact, Household, Membership, Person
from doudi.records.policies.models import Scenario
from doudi.records.policies.queries import parameters
from doudi.records.policies.services.scenarios import MayNotWeigh, TitleTaken
from doudi.store.today import today
from tests.services import factories
from tests.services.golden_family import COUNTY, TOWNSHIP

SEED = 20270101
MONTH, ON = 202701, dt.date(2027, 1, 1)
RURAL = "dibao.standard.rural"
SECOND = ("410482102000", "410482102201")
pytestmark = pytest.mark.django_db


def asked(*changes: tuple[str, str], area: str = COUNTY, **more: int) -> Question:
    return Question(area, MONTH, changes or ((RURAL, "+5%"),), **more)


def fact(home: Household, kind: str, code: str = "", **told: object) -> None:
    given = {
        "household": home,
        "kind": kind,
        "code": code,
        "source": "declared",
        "from_on": dt.date(2026, 1, 1),
    }
    Fact.objects.create(**given, recorded_by="test", recorded_on=dt.date(2026, 1, 1), **told)  # type: ignore[arg-type]


def county(dice: random.Random, size: int = 60) -> list[Household]:
    """Families around the line in two townships: on the roll, off it, on another scheme, died out."""
    factories.office()
    parent = Area.objects.get(code=COUNTY)
    township = Area.objects.create(code=SECOND[0], name="小屯镇", level="township", parent=parent)
    Area.objects.create(code=SECOND[1], name="小屯村", level="village", parent=township)
    homes = []
    for village in ("410482101201", SECOND[1]):
        homes += factories.households(factories.persons(size // 2), village=village)
    for home in homes:
        people = [home.head, *factories.persons(dice.randrange(3))]
        for person in people[1:]:
            Membership.objects.create(
                household=home, person=person, relation="child", from_on=dt.date(2025, 1, 1)
            )
            fact(home, "dependent", person=person, number=1)
        income = dice.choice(
            (0, 100_000, 300_000, 500_000, 587_999, 588_000, 588_100, 617_399, 617_400, 620_000, 900_000)
        )
        fact(home, "income", "crops", person=home.head, amount_fen=income * len(people))
        if dice.random() < 0.3:
            fact(home, "illness", "serious", person=home.head)
        draw = dice.random()
        if draw < 0.6:
            factories.grant(home, dice.randrange(1, 90_000))
        elif draw < 0.7:
            factories.grant(home, 60_000, scheme="tekun_rural")
        elif draw < 0.75:
            Person.objects.filter(pk__in=[one.pk for one in people]).update(died_on=dt.date(2026, 12, 1))
    return homes


def one_by_one(homes: list[Household], question: Question) -> list[tuple[Household, int, int, int, int]]:
    """The oracle: the scalar evaluator on every household, twice."""
    book = BOOKS["dibao"]
    both = what_if(book, COUNTY, ON, question.changes, question.step_fen)
    found = []
    for home in homes:
        tables = case_tables(Household.objects.filter(pk=home.pk), ON, book)
        inputs = {name: table.to_pylist() for name, table in tables.items()}
        told = []
        for side in (both.before, both.after):
            row = evaluate(book, inputs, side, ON).values["household"][0]
            told.append((row["monthly_total"], row["members"] if row["monthly_total"] else 0))
        (before, persons_before), (after, persons_after) = told
        found.append((home, before, after, persons_before, persons_after))
    return found


def plain_move(home: Household, before: int, after: int) -> str | None:
    schemes = set(home.awards.values_list("scheme", flat=True))
    alive = home.memberships.filter(person__died_on=None).exists()
    if "dibao_rural" not in schemes and ("tekun_rural" in schemes or not alive or before):
        return None
    if before and after:
        return "up" if after > before else "down" if after < before else "same"
    return "out" if before else "in" if after else None


@pytest.mark.parametrize("trial", range(3))
def test_every_household_moves_as_the_scalar_rules_say(trial: int) -> None:
    print(f"seed {SEED + trial}")
    homes = county(random.Random(SEED + trial))
    question = asked((RURAL, dice_value(trial)))
    told = simulate(question)
    expected: dict[str, list[tuple[int, int, int, int]]] = {name: [] for name in MOVES}
    for home, before, after, persons_before, persons_after in one_by_one(homes, question):
        move = plain_move(home, before, after)
        if move:
            expected[move].append((before, after, persons_before, persons_after))
    for name, rows in expected.items():
        found = told.figures["moves"][name]
        assert found["households"] == len(rows), name
        for place, key in enumerate(("before_fen", "after_fen", "before_persons", "after_persons")):
            assert found[key] == sum(row[place] for row in rows), f"{name} {key}"
    assert sum(len(rows) for rows in expected.values()) >= 15, "样本太小, 说明不了什么"
    adds_up(told.figures)


def dice_value(trial: int) -> str:
    return ("+5%", "5500", "6200")[trial]


def adds_up(figures: dict) -> None:
    for side in ("before", "after"):
        whole = figures[side]
        for name in ("households", "persons", "amount_fen"):
            assert sum(place[side][name] for place in figures["townships"]) == whole[name]
        assert sum(one[side] for one in figures["histogram"]) == whole["households"]
        assert figures["year"][f"{side}_fen"] == 12 * whole["amount_fen"]
        if figures["funds"]:
            assert sum(one[f"{side}_fen"] for one in figures["funds"]) == whole["amount_fen"]
    entered, left = (figures["moves"][name]["households"] for name in ("in", "out"))
    assert figures["after"]["households"] == figures["before"]["households"] + entered - left


def test_a_raise_brings_in_who_stands_between_the_two_lines() -> None:
    factories.office()
    homes = factories.households(factories.persons(4))
    for home, income in zip(homes, (587_999, 588_000, 617_399, 617_400), strict=True):
        fact(home, "income", "crops", person=home.head, amount_fen=income)
    factories.grant(homes[0], 100)
    told = simulate(asked())
    moves = {name: one["households"] for name, one in told.figures["moves"].items()}
    assert moves == {"in": 2, "out": 0, "up": 1, "down": 0, "same": 0}
    near = [(home.pk, one["gap_fen"]) for home, one in near_households(told.near, 10)]
    assert near == [(homes[2].pk, -1), (homes[3].pk, 0), (homes[0].pk, -29_401), (homes[1].pk, -29_400)]
    assert told.figures["near"] == {"band_bp": 500, "inside": 3, "outside": 1}
    assert simulate(asked(band_bp=100)).figures["near"] == {"band_bp": 100, "inside": 1, "outside": 1}


def test_who_qualified_before_and_never_came_is_told_apart() -> None:
    factories.office()
    poor, rich = factories.households(factories.persons(2))
    fact(poor, "income", "crops", person=poor.head, amount_fen=100_000)
    fact(rich, "income", "crops", person=rich.head, amount_fen=900_000)
    factories.grant(rich, 5_000)
    figures = simulate(asked()).figures
    assert (figures["unclaimed"], figures["lapsed"], figures["off_roll"]) == (1, 1, 1)
    assert figures["before"] == figures["after"] == {"households": 0, "persons": 0, "amount_fen": 0}
    assert (figures["awarded_fen"], figures["differing"]) == (5_000, 1)


def test_money_is_split_by_the_levels_grants_of_the_year_before() -> None:
    county(random.Random(SEED), 10)
    assert simulate(asked()).figures["funds"] == []
    entries = [("1001", "D", 300, None), ("3001", "C", 199, None), ("3004", "C", 101, None)]
    post(key="grant:1", kind="grant", on=dt.date(2026, 7, 1), memo="拨款", entries=entries)
    earlier = [("1001", "D", 5, None), ("3002", "C", 5, None)]
    post(key="grant:0", kind="grant", on=dt.date(2025, 12, 31), memo="上年", entries=earlier)
    figures = simulate(asked()).figures
    assert [one["level"] for one in figures["funds"]] == ["national", "county"]
    assert figures["funds"][0]["after_fen"] == figures["after"]["amount_fen"] * 199 // 300
    adds_up(figures)


def test_a_split_loses_no_fen() -> None:
    dice = random.Random(SEED)
    for _ in range(200):
        weights = {name: dice.randrange(1, 10**9) for name in "abcd"[: dice.randrange(1, 5)]}
        amount = dice.randrange(10**12)
        parts = shared(amount, weights)
        assert sum(parts.values()) == amount
        exact = {name: amount * weight / sum(weights.values()) for name, weight in weights.items()}
        assert all(abs(parts[name] - exact[name]) < len(weights) + amount / 10**12 for name in weights)
    assert shared(10, {}) == {}


@pytest.mark.parametrize(
    ("amount", "factor", "step", "expected"),
    [
        (588_000, 10_500, 100, 617_400), (816_000, 10_500, 100, 856_800), (588_000, 10_333, 100, 607_600),
        (588_000, 10_333, 1_200, 607_200), (588_000, 10_333, 1_000, 608_000), (588_000, 9_500, 100, 558_600),
        (2_000, 10_500, 1, 2_100), (150, 10_000, 100, 200), (149, 10_000, 100, 100),
    ],
)  # fmt: skip
def test_a_percentage_is_rounded_half_up_to_its_step(
    amount: int, factor: int, step: int, expected: int
) -> None:
    assert raised(amount, factor, step) == expected


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ((), "还没有改任何参数"),
        (((RURAL, "六千"),), "农村低保年标准"),
        (((RURAL, "6174.001"),), "农村低保年标准"),
        (((RURAL, "5880"),), "与现行值相同"),
        (((RURAL, "-101%"),), "最多减 100%"),
        (((RURAL, "6000"), (RURAL, "6100")), "改了两次"),
        ((("dibao.supplement.elder_age", "+5%"),), "不是金额或比例"),
        ((("dibao.class_amount.A", "+5%"),), "现在没有值"),
        ((("clock.posting", "9"),), "没有用到“公示期”"),
        ((("dibao.no.such", "9"),), "没有用到“dibao.no.such”"),
        ((("dibao.amount.method", "half"),), "保障金计算方式"),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_is_refused_with_its_name(
    changes: tuple[tuple[str, str], ...], said: str
) -> None:
    factories.office()
    with pytest.raises(BadChange, match=said):
        simulate(Question(COUNTY, MONTH, changes))


def test_a_method_without_its_amounts_and_a_place_without_households_are_refused() -> None:
    factories.office()
    with pytest.raises(CannotSimulate, match="还没有登记家庭"):
        simulate(asked())
    factories.receiving(1)
    with pytest.raises(CannotSimulate, match="A类每人月额"):
        simulate(asked(("dibao.amount.method", "classed")))


def test_every_kind_of_parameter_can_be_asked_about() -> None:
    county(random.Random(SEED), 10)
    changes = (
        ("dibao.amount.rounding", "fen"), ("dibao.income.excluded", "[crops]"),
        ("dibao.income.loss_offsets", "是"), ("dibao.supplement.rate.serious_illness", "45.5"),
        ("dibao.supplement.elder_age", "65"), ("dibao.assets.vehicle_value", "+10%"),
    )  # fmt: skip
    told = simulate(asked(*changes))
    assert told.changes[0].label == "补差取整方式"
    assert told.figures["moves"]["in"]["households"] > 0, "种植收入不计, 有户进来"


def test_a_township_is_weighed_by_itself() -> None:
    county(random.Random(SEED))
    whole, part = simulate(asked()).figures, simulate(asked(area=TOWNSHIP)).figures
    assert [one["code"] for one in part["townships"]] == [TOWNSHIP]
    assert part["after"] == next(one["after"] for one in whole["townships"] if one["code"] == TOWNSHIP)


def test_nothing_is_written_and_the_law_stands_as_it_was() -> None:
    county(random.Random(SEED), 10)
    before = parameters(settings.COUNTY, ON).value(RURAL)
    simulate(asked())
    assert parameters(settings.COUNTY, ON).value(RURAL) == before
    assert not Scenario.objects.exists()


def test_a_kept_scenario_holds_sums_and_nobody() -> None:
    homes = county(random.Random(SEED), 10)
    shenpi = factories.staff("shenpi")
    scenario = keep(by=shenpi, title="2027 年提标 5%", question=asked(), on=today())
    assert scenario.figures == json.loads(json.dumps(simulate(asked()).figures))
    assert scenario.changes[0]["value"] == "6174"
    text = json.dumps([scenario.figures, scenario.changes], ensure_ascii=False)
    for home in homes:
        assert home.no not in text
        assert home.head.name not in text
    with pytest.raises(TitleTaken, match="换一个名称"):
        keep(by=shenpi, title="2027 年提标 5%", question=asked(), on=today())
    with pytest.raises(MayNotWeigh):
        keep(by=factories.staff("caiwu"), title="别的", question=asked(), on=today())


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("simulate", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_one_object_in_fen() -> None:
    county(random.Random(SEED), 10)
    told = json.loads(
        run("--set", f"{RURAL}=+5%", "--set", "dibao.work.rate=25", "--month", "2027-01", "--json")
    )
    assert told["month"] == "2027-01"
    assert [one["value"] for one in told["changes"]] == ["6174", "25"]
    assert type(told["after"]["amount_fen"]) is int
    said = run("--set", f"{RURAL}=+5%", "--month", "2027-01", "--round-to", "12")
    assert "5,880.00 元/年 → 6,180.00 元/年" in said
    assert "全年" in said


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--set", RURAL, "--month", "2027-01"), 2),
        (("--set", f"{RURAL}=", "--month", "2027-01"), 2),
        (("--set", f"{RURAL}=6174", "--month", "202701"), 2),
        (("--set", f"{RURAL}=6174", "--month", "2027-01", "--area", "999999"), 2),
        (("--set", f"{RURAL}=6174", "--month", "2027-01", "--round-to", "0"), 2),
        (("--set", f"{RURAL}=六千", "--month", "2027-01"), 1),
    ],
)
def test_the_command_refuses_with_one_and_misuse_with_two(arguments: tuple[str, ...], code: int) -> None:
    factories.office()
    with pytest.raises(CommandError) as refused:
        run(*arguments)
    assert refused.value.returncode == code


def test_no_table_of_a_simulation_holds_a_float() -> None:
    county(random.Random(SEED), 10)
    near = simulate(asked(band_bp=10_000)).near
    assert near.num_rows
    assert not any(pa.types.is_floating(kind) for kind in near.schema.types)
