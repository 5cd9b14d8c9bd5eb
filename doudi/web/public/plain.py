"""A sum said the way one tells it across the table, and the same sum with its articles for whoever wants them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from doudi.law.evaluation import Outcome, Step
from doudi.law.money import yuan
from doudi.law.schemes.means_inputs import LOCALITIES
from doudi.law.telling import Proof, proof, title
from doudi.records.desk.citizen import Grant, Part

# The figures a doubter is led through, in the order they are reached.
LED_THROUGH = (
    "members", "standard_year", "work_cost", "household_income", "income_below", "financial_cap", "property_meets",
    "top_up", "class_benefit", "exit_benefit", "base_amount", "supplement", "monthly_total",
)  # fmt: skip

PARTS = {
    "base_amount": "全家每月补",
    "supplement": "另外照顾, 每月加",
    "basic": "基本生活, 每月",
    "care": "照料护理, 每月",
    "basic_amount": "基本生活, 每月",
    "care_amount": "照料护理, 每月",
    "single_amount": "单独保障, 每月",
}


@dataclass(frozen=True)
class Said:
    """一句话和它的数; how 是这个数怎么来的, fails 是不合条件的那一条。"""

    text: str
    figure: str
    how: str = ""
    fails: bool = False


@dataclass(frozen=True)
class Told:
    """一次测算说给本人听: 每月多少、一句句怎么来的、算式和依据。"""

    eligible: bool
    monthly_fen: int
    lines: tuple[Said, ...]
    proofs: tuple[Proof, ...]


def told(outcome: Outcome, who: Mapping[Any, str]) -> Told:
    """把测算说成大白话。`who`: 成员主键 → 怎么称呼。"""
    home = outcome.values["household"][0]
    return Told(
        eligible=home["eligible"],
        monthly_fen=home["monthly_total"],
        lines=tuple(_lines(outcome, home, who)),
        proofs=tuple(_proofs(outcome, who)),
    )


def told_parts(grant: Grant, who: Mapping[Any, str]) -> Told:
    """没有测算记录 (由旧名册带入的) 时, 只说合成它的几部分。"""
    lines = [Said(_part(part, who), money(part.amount_fen)) for part in grant.parts]
    return Told(True, grant.amount_fen, (*lines, Said("每月一共", money(grant.amount_fen))), ())


def _part(part: Part, who: Mapping[Any, str]) -> str:
    name = PARTS.get(part.name, part.name)
    return f"{who.get(part.person_id, '')}{name}"


def money(fen: int) -> str:
    """金额说给人听: 574 元、573.33 元。"""
    return f"{yuan(fen).removesuffix('.00')} 元"


def _lines(outcome: Outcome, home: Mapping[str, Any], who: Mapping[Any, str]) -> Iterator[Said]:
    line = home["standard_year"] * home["members"]
    yield Said("家里算几口人", f"{home['members']} 口")
    yield Said("一家人一年的收入, 按规定算", money(home["household_income"]), _income(outcome, who))
    each = (
        f"{LOCALITIES[home['locality']]}每人一年 {money(home['standard_year'])}, {home['members']} 口人合起来"
    )
    yield Said("低保线", money(line), each)
    if not home["eligible"]:
        yield from _why_not(outcome, home, line)
        return
    yield Said("全家每月补", money(home["base_amount"]), _gap(home, line))
    for row in outcome.values["person"]:
        if row["supplement"]:
            yield Said(
                f"{who[row['person_id']]}另外照顾, 每月加", money(row["supplement"]), _care(outcome, row)
            )
    yield Said("每月一共", money(home["monthly_total"]))


def _income(outcome: Outcome, who: Mapping[Any, str]) -> str:
    spared = [
        f"{who[row['person_id']]}打工 {money(row['wage'])}, 其中 {money(row['work_cost'])}算上班的花费, 不计"
        for row in outcome.values["person"]
        if row["counted"] and row["work_cost"]
    ]
    return "; ".join(spared)


def _gap(home: Mapping[str, Any], line: int) -> str:
    """Said only where the month's money is the plain gap over twelve; other ways of counting have their proofs."""
    if home["base_amount"] != home["top_up"]:
        return ""
    return f"收入比低保线少 {money(line - home['household_income'])}, 分到 12 个月"


def _care(outcome: Outcome, row: Mapping[str, Any]) -> str:
    if row["severely_disabled"]:
        return "重度残疾"
    if row["illness"] == "serious":
        return "大病"
    terms = {used.path: used.value for used in outcome.step("vulnerable", row["person_id"]).parameters}
    return "孩子" if row["age"] < terms["dibao.member.minor_age"] else "老人"


def _why_not(outcome: Outcome, home: Mapping[str, Any], line: int) -> Iterator[Said]:
    if not home["income_below"]:
        over = home["household_income"] - line
        yield Said("收入比低保线", f"多 {money(over)}" if over else "一样多", "要比低保线少才行", fails=True)
    if home["property_meets"]:
        return
    limits = {used.path: used.value for used in outcome.step("property_meets").parameters}
    if home["financial_assets"] > home["financial_cap"]:
        yield Said(
            "存款和现金",
            money(home["financial_assets"]),
            f"不能超过 {money(home['financial_cap'])}",
            fails=True,
        )
    if home["houses"] > limits["dibao.assets.houses"]:
        yield Said("房子", f"{home['houses']} 套", f"不能超过 {limits['dibao.assets.houses']} 套", fails=True)
    if home["best_vehicle"] > limits["dibao.assets.vehicle_value"]:
        cap = money(limits["dibao.assets.vehicle_value"])
        yield Said("车", money(home["best_vehicle"]), f"值的钱不能超过 {cap}", fails=True)


def _proofs(outcome: Outcome, who: Mapping[Any, str]) -> Iterator[Proof]:
    places = {name: place for place, name in enumerate(LED_THROUGH)}
    chosen = [
        step for step in outcome.steps if step.name in places and (step.value or step.unit.kind == "flag")
    ]
    for step in sorted(chosen, key=lambda step: places[step.name]):
        yield proof(step, _label(step, who))


def _label(step: Step, who: Mapping[Any, str]) -> str:
    return f"{title(step)} ({who[step.key]})" if step.entity.name == "person" else title(step)
