"""What was decided for each family: in, the raise of 2026, out; the awards, their parts and who is held by them."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from doudi.demo.amounts import years_of
from doudi.demo.plan import OPENS_ON, RAISE_DECIDED_ON, RAISED_ON, Amount, Family, weekday
from doudi.demo.writing import ACTOR, Writer
from doudi.law.clocks import review_due
from doudi.records.awards.models import Award, AwardPart, Holding
from doudi.records.decisions.models import Closing, Decision, Opening
from doudi.records.policies.queries import pairs_of

OVERDUE_REVIEW_ONE_IN = 50
RAISE_TEXT = "2026年1月1日起提高保障标准, 按在册情况重新核定"
CARRIED_TEXT = "由原有名册带入, 金额为移交时核定数"
STOP_REASONS = {
    "dibao": ("S01", "S01", "S01", "S02", "S04", "S08"),
    "tekun": ("S02", "S05", "S06"),
}
DEATH_CODE = {"dibao": "S03", "tekun": "S01"}
STOP_TEXTS = {
    ("dibao", "S01"): "定期核查: 家庭人均收入已高于低保标准",
    ("dibao", "S02"): "定期核查: 家庭财产不再符合规定",
    ("dibao", "S03"): "保障对象死亡, 自下月起停发",
    ("dibao", "S04"): "已迁出本县, 自下月起停发",
    ("dibao", "S08"): "家庭状况好转, 自愿申请退出",
    ("tekun", "S01"): "保障对象死亡, 自下月起停发",
    ("tekun", "S02"): "恢复劳动能力",
    ("tekun", "S05"): "法定义务人具有履行义务能力",
    ("tekun", "S06"): "自愿申请退出",
}


@dataclass(slots=True)
class Decided:
    """一个决定: 什么时候、为什么, 开哪份待遇 (哪年标准), 停哪份。"""

    family: Family
    kind: str
    on: dt.date
    code: str
    text: str
    opens: int | None = None
    closes: int | None = None
    ends_on: dt.date | None = None
    decision_id: int = 0
    award_id: int = 0
    no: str = ""

    @property
    def award_from_on(self) -> dt.date:
        """所开待遇的起始日。"""
        return RAISED_ON if self.closes else self.family.joined_on

    @property
    def amount(self) -> Amount | None:
        return self.family.amounts[self.opens] if self.opens else None


def decisions_of(families: list[Family], county: str) -> list[Decided]:
    """全部决定, 按日期编号。"""
    found = [decided for family in families for decided in _decided(family)]
    found.sort(key=lambda decided: (decided.on, decided.family.household_id))
    used: Counter[int] = Counter()
    for serial, decided in enumerate(found, 1):
        used[decided.on.year] += 1
        decided.decision_id = serial
        decided.no = f"{county}-{decided.on.year}-D{used[decided.on.year]:06}"
    # Awards go by household: the payroll reads them village by village, month after month.
    opening = sorted((d for d in found if d.opens), key=lambda d: (d.family.household_id, d.opens))
    for serial, decided in enumerate(opening, 1):
        decided.award_id = serial
    return found


def _decided(family: Family) -> Iterator[Decided]:
    years = years_of(family)
    kind, text = ("grant", "符合条件, 予以确认") if family.has_case else ("carried_over", CARRIED_TEXT)
    yield Decided(family, kind, family.decided_on, "", text, opens=years[0])
    if len(years) == 2:
        code = "U03" if family.scheme.startswith("dibao") else ""
        yield Decided(
            family, "carried_over", RAISE_DECIDED_ON, code, RAISE_TEXT, opens=2026, closes=2025, ends_on=RAISED_ON
        )  # fmt: skip
    if family.left_on:
        code, text = _stop(family)
        day = weekday((family.left_on - dt.timedelta(days=1)).replace(day=9 + family.household_id % 16))
        yield Decided(family, "stop", day, code, text, closes=years[-1], ends_on=family.left_on)


def _stop(family: Family) -> tuple[str, str]:
    group = family.scheme.split("_")[0]
    codes = STOP_REASONS[group]
    code = DEATH_CODE[group] if family.left_by_death else codes[family.household_id % len(codes)]
    return code, STOP_TEXTS[group, code]


def write_decisions(writer: Writer, decided: list[Decided], cases: dict[int, int], basis: str) -> None:
    """写下决定、待遇、组成、起止和占用。

    `cases` maps a household to the case its grant ended; `basis` is the hash of the roll handed over.
    """
    opening = sorted((d for d in decided if d.opens), key=lambda d: d.award_id)
    awards = {(d.family.household_id, d.opens): d.award_id for d in opening}
    writer.write(Decision, _DECISION, (_decision_row(d, cases, basis) for d in decided))
    writer.write(Award, _AWARD, map(_award_row, opening))
    writer.write(AwardPart, ("award", "name", "person", "amount_fen"), _part_rows(opening))
    opened = ((d.decision_id, d.award_id) for d in opening)
    writer.write(Opening, ("decision", "award"), opened)
    closed = (
        (d.decision_id, awards[d.family.household_id, d.closes], d.ends_on) for d in decided if d.closes
    )
    writer.write(Closing, ("decision", "award", "ends_on"), closed)
    writer.write(Holding, ("person", "award", "pair", "released_on"), _holding_rows(decided, opening))


_DECISION = (
    "id", "no", "kind", "scheme", "household", "case", "decided_on", "amount_fen", "reason_code", "reason", "basis",
    "next_review_on", "by",
)  # fmt: skip
_AWARD = (
    "id", "no", "scheme", "household", "payee", "village", "persons", "amount_fen", "klass", "from_on",
)  # fmt: skip


def _decision_row(d: Decided, cases: dict[int, int], basis: str) -> tuple[Any, ...]:
    family = d.family
    case = cases.get(family.household_id) if d.kind == "grant" else None
    amount = d.amount.fen if d.amount else 0
    return (
        d.decision_id, d.no, d.kind, family.scheme, family.household_id, case, d.on, amount, d.code, d.text,
        _basis(d, basis), _next_review(d), ACTOR,
    )  # fmt: skip


def _basis(d: Decided, roll: str) -> str:
    if d.kind == "carried_over":
        return "演示值: 2026年保障标准" if d.closes else f"名册 {roll}"
    return "649号令 第十三条" if d.kind == "stop" else "649号令 第十一条"


def _next_review(d: Decided) -> dt.date | None:
    """Each family keeps its rhythm from the day it came in; the one in force points past today, a few lie behind."""
    if d.amount is None:
        return None
    months, family = d.amount.review_months, d.family
    due = review_due(family.decided_on, months)
    while due <= max(d.on, OPENS_ON if d.opens == 2026 else d.on):
        passed, due = due, review_due(due, months)
        if due > OPENS_ON and family.household_id % OVERDUE_REVIEW_ONE_IN == 0 and passed > d.on:
            return passed
    return due


def _award_row(d: Decided) -> tuple[Any, ...]:
    family, amount = d.family, d.family.amounts[d.opens or 0]
    return (
        d.award_id, f"{d.no}-A", family.scheme, family.household_id, family.head_id, family.village,
        len(family.members), amount.fen, amount.klass, d.award_from_on,
    )  # fmt: skip


def _part_rows(opening: list[Decided]) -> Iterator[tuple[Any, ...]]:
    for d in opening:
        for name, person, fen in d.family.amounts[d.opens or 0].parts:
            yield d.award_id, name, person, fen


def _holding_rows(decided: list[Decided], opening: list[Decided]) -> Iterator[tuple[Any, ...]]:
    """Everyone covered holds every pair of the scheme until the award is closed."""
    released = {(d.family.household_id, d.closes): d.on for d in decided if d.closes}
    pairs = {scheme: pairs_of(scheme) for scheme in {d.family.scheme for d in decided}}
    for d in opening:
        until = released.get((d.family.household_id, d.opens or 0))
        for person in d.family.person_ids:
            for pair in pairs[d.family.scheme]:
                yield person, d.award_id, pair, until
