"""A rule in words, with and without a household: every word of the language, every rule of every book."""

import re
from datetime import date
from typing import Any

import pytest

from doudi.law.entities import HOUSEHOLD, PERSON
from doudi.law.evaluation import evaluate
from doudi.law.formula import formula
from doudi.law.language import (
    Band,
    Tier,
    banded,
    by_choice,
    choose,
    greatest,
    least,
    none_of,
    one_of,
    share,
    tiered,
    to_fen,
    up_to_yuan,
    when,
)
from doudi.law.pack_files import Declaration, Leaf
from doudi.law.packs import Parameters
from doudi.law.rulebook import Rulebook
from doudi.law.units import BANDS, CODE, CODES, FEN, FEN_MONTH, FLAG, RATE, TIERS
from tests.rules import coverage
from tests.rules.situations import shipped

ON = date(2026, 6, 1)
LATIN = re.compile(r"[A-Za-z_]{2,}|‹")
KINDS = {"rural": "农村", "urban": "城市"}
LEVELS = {"none": "无", "serious": "重病"}


@pytest.mark.parametrize("entry", coverage.entries(), ids=lambda entry: f"{entry.book.id}.{entry.item.name}")
def test_every_rule_is_said_in_chinese(entry: coverage.Entry) -> None:
    said = formula(entry.item, entry.edition.told, shipped().declared)
    assert said
    assert LATIN.findall(said) == []


def test_every_step_of_every_situation_is_said_in_chinese() -> None:
    odd: dict[str, str] = {}
    steps = 0
    for situation in coverage.situations():
        for step in situation.outcome().steps:
            steps += 1
            told = [step.arithmetic, step.text, *(f"{used.label} {used.text}" for used in step.parameters)]
            if not step.arithmetic or any(LATIN.search(words) for words in told):
                odd[f"{situation.book.id}.{step.name}"] = f"{situation.id}: {told}"
    assert odd == {}
    assert steps > 10 * len(coverage.situations())


# ---- one small book with every word -------------------------------------------------------------------

BOOK = Rulebook("words", "用词", parameters="words")
BOOK.input(HOUSEHOLD, "place", unit=CODE, label="所在地", domain=KINDS)
BOOK.input(HOUSEHOLD, "income", unit=FEN, label="收入")
BOOK.input(HOUSEHOLD, "poor", unit=FLAG, label="困难")
BOOK.input(PERSON, "illness", unit=CODE, label="患病", domain=LEVELS)
BOOK.input(PERSON, "grant", unit=FEN_MONTH, label="补助")

rule = BOOK.rule


@rule(HOUSEHOLD, cite="第一条", unit=FEN, since="2020-01-01")
def standard(place: str, *, line: Any) -> int:
    """标准"""
    found: int = choose(place, line, among=("rural", "urban"))
    return found


@rule(HOUSEHOLD, cite="第二条", unit=FEN, since="2020-01-01")
def gap(standard: int, income: int, *, rounding: str) -> int:
    """差额"""
    short = greatest(standard - income, 0)
    return by_choice(rounding, yuan=lambda: up_to_yuan(short, over=12), fen=lambda: to_fen(short, over=12))


@rule(HOUSEHOLD, cite="第三条", unit=FEN, since="2020-01-01")
def part(income: int, poor: bool, *, rate: int) -> int:
    """比例"""
    return when(poor, share(income, rate))


@rule(HOUSEHOLD, cite="第四条", unit=FEN, since="2020-01-01")
def steps(income: int, *, table: tuple[object, ...], bands: tuple[object, ...]) -> int:
    """分段与档位"""
    return least(tiered(income, table), banded(income, bands))  # type: ignore[arg-type]


@rule(HOUSEHOLD, cite="第五条", unit=CODE, since="2020-01-01", names={"A": "甲类", "B": "乙类"})
def klass(poor: bool, income: int) -> str:
    """类别"""
    return when(poor & (income < 100), "A", "B")


@rule(PERSON, cite="第六条", unit=FLAG, since="2020-01-01")
def ill(illness: str, *, listed: tuple[str, ...]) -> bool:
    """患病在册"""
    return one_of(illness, listed) & none_of(one_of(illness, "none"))


BOOK.any_of("any_ill", HOUSEHOLD, of="ill", label="有人患病", cite="第七条")
BOOK.highest("best", HOUSEHOLD, of="grant", where="ill", label="最高补助", cite="第八条")
BOOK.total("sum", HOUSEHOLD, of="grant", label="补助合计", cite="第九条")
BOOK.count("ill_people", HOUSEHOLD, of=PERSON, where="ill", label="患病人数", cite="第十条")
BOOK.seal()

DECLARED = {
    f"words.{path}": Declaration(f"words.{path}", label, unit, "", 0, names)
    for path, label, unit, names in (
        ("line.rural", "农村线", FEN, {}),
        ("line.urban", "城市线", FEN, {}),
        ("rounding", "取整", CODE, {"yuan": "见角进元", "fen": "到分"}),
        ("rate", "补助比例", RATE, {}),
        ("table", "分段表", TIERS, {}),
        ("bands", "档位表", BANDS, {}),
        ("listed", "病种", CODES, {}),
    )
}


def parameters(**values: object) -> Parameters:
    leaves = {
        path: Leaf(
            path, values[path.removeprefix("words.").replace(".", "_")], one.unit, one.label, "文号", "", ON, None,
            "000000", "demo", "", 0, one.names,
        )
        for path, one in DECLARED.items()
    }  # fmt: skip
    return Parameters("410482", ON, leaves, DECLARED, frozenset({"words", "words.line"}))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("standard", "按“所在地”定 [农村：农村线；城市：城市线]"),
        ("gap", "((标准 − 收入)，不低于 0) ÷ 12，尾数按“取整”（见角进元、到分）"),
        ("part", "收入 × 补助比例，四舍五入到分（困难 时，否则为 0）"),
        ("steps", "取小：收入 按“分段表”分段累进；收入 在“档位表”中所在的档"),
        ("klass", "若 困难 且 收入 < 100，取 甲类；否则 取 乙类"),
        ("ill", "患病 属于“病种” 且 并非（患病 为“无”）"),
        ("any_ill", "任一成员“患病在册”即成立"),
        ("best", "各成员的“补助”中最高的，只计“患病在册”的"),
        ("sum", "各成员的“补助”相加"),
        ("ill_people", "成员有几个，只计“患病在册”的"),
    ],
)
def test_a_rule_without_a_household(name: str, words: str) -> None:
    edition = BOOK.edition(ON)
    assert formula(edition.by_name[name], edition.told, DECLARED) == words


def test_the_same_rules_with_a_household() -> None:
    found = parameters(
        line_rural=600_000, line_urban=900_000, rounding="yuan", rate=3_333,
        table=(Tier(100_000, 1_000), Tier(None, 2_000)), bands=(Band(100_000, 100), Band(None, 7_700)),
        listed=("serious",),
    )  # fmt: skip
    case = {
        "household": [{"household_id": 1, "place": "rural", "income": 500_050, "poor": True}],
        "person": [
            {"household_id": 1, "person_id": 1, "illness": "serious", "grant": 300},
            {"household_id": 1, "person_id": 2, "illness": "none", "grant": 900},
        ],
    }
    outcome = evaluate(BOOK, case, found, ON)
    said = {(step.name, step.key): f"{step.arithmetic} = {step.text}" for step in outcome.steps}
    assert said["standard", 1] == "农村线 6,000.00 元 = 6,000.00 元"
    assert said["gap", 1] == "(标准 6,000.00 元 − 收入 5,000.50 元) ÷ 12，见角进元 = 84.00 元"
    assert said["part", 1] == (
        "收入 5,000.50 元 × 补助比例 33.33%，四舍五入到分（困难 是：成立） = 1,666.67 元"
    )
    assert said["steps", 1].endswith("= 77.00 元")
    assert said["klass", 1].startswith("乙类（")
    assert said["klass", 1].endswith("= 乙类")
    assert said["ill", 1] == "患病 重病 属于 重病 且 并非（患病 重病 不属于 无） = 是"
    assert said["best", 1] == "3.00 元/月 中最高的 = 3.00 元/月"
    assert said["sum", 1] == "3.00 元/月 + 9.00 元/月 = 12.00 元/月"
    assert outcome.step("ill", 1).parameters[0].text == "重病"


def test_a_floor_is_said_only_where_it_holds() -> None:
    found = parameters(
        line_rural=600_000, line_urban=900_000, rounding="fen", rate=5_000, table=(), bands=(), listed=()
    )
    case = {
        "household": [{"household_id": 1, "place": "rural", "income": 600_001, "poor": False}],
        "person": [],
    }
    outcome = evaluate(BOOK, case, found, ON)
    assert "不低于 0" in outcome.step("gap").arithmetic
    assert outcome.step("ill_people").arithmetic == "没有"
