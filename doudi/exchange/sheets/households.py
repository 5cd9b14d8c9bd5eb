"""把数据行合成家庭：一行一户直接成户；一行一人按户主、户号或空白的“同上”归到一户。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from doudi.exchange.sheets.findings import Source
from doudi.exchange.sheets.headings import AREA_FIELDS
from doudi.exchange.sheets.rows import RowKind, SheetRow
from doudi.exchange.sheets.values import CellReader
from doudi.law.identity import Identity, canonical_name

HEAD_RELATIONS = frozenset(("户主", "本人", "申请人", "户主本人", "本人或户主", "户主（申请人）"))
HOUSEHOLD_MARKS = ("household_no", "head_identity", "head_name")
PER_PERSON_AMOUNT = re.compile("个人")
PER_HOUSEHOLD_AMOUNT = re.compile("户|家庭")


@dataclass(frozen=True, slots=True)
class RosterMember:
    """名册上的一个人。amount_fen 只在表上按人写金额时有值（分/月）。"""

    source: Source
    name: str
    identity: Identity
    relation: str
    sex: str
    born_on: date
    ethnicity: str
    disability: str
    disability_kind: str
    disability_grade: int | None
    health: str
    labour: str
    phone: str
    amount_fen: int | None


@dataclass(frozen=True, slots=True)
class RosterHousehold:
    """名册上的一户。amount_fen 是表上写的每月保障金额（分）；size 是表上写的保障人口。

    members 在一行一户的表里只有户主一人；一行一人的表里是写到的每个人，户主不享受时可能不在其中。
    """

    source: Source
    township: str
    village: str
    group: str
    household_no: str
    head_name: str
    head_identity: str
    size: int
    family_size: int | None
    amount_fen: int
    category: str
    bank: str
    account: str
    account_name: str
    phone: str
    start_on: date | None
    income_fen: int | None
    address: str
    cause: str
    remark: str
    members: tuple[RosterMember, ...]


@dataclass(slots=True)
class PersonRow:
    """读到一半的人：号码或姓名可能有错而为空。"""

    row: int
    name: str
    identity: Identity | None
    relation: str
    amount_fen: int | None


@dataclass(slots=True)
class Draft:
    """读到一半的户：first 是户的第一行；persons 按行先后。"""

    first: int
    area: dict[str, str]
    head_name: str
    head_identity: Identity | None
    persons: list[PersonRow] = field(default_factory=list)
    size: int | None = None
    amount_fen: int | None = None

    @property
    def rows(self) -> set[int]:
        """这一户占的行。"""
        return {self.first, *(person.row for person in self.persons)}


def draft_households(reader: CellReader, rows: list[SheetRow]) -> list[Draft]:
    """把认过的行合成一户一户；归不到任何户的行记行错误。"""
    drafts: list[Draft] = []
    area = dict.fromkeys(AREA_FIELDS, "")
    for row in rows:
        if row.kind is RowKind.AREA:
            _enter_area(area, row.label)
        elif row.kind is RowKind.DATA:
            _carry_area(reader, area, row.number)
            _place_row(reader, drafts, area, row.number)
    if reader.heading.by_person:
        _settle_amounts(reader, drafts)
    return drafts


def _enter_area(area: dict[str, str], label: str) -> None:
    if label.endswith(("乡", "镇", "街道")):
        area.update(township=label, village="", group="")
    elif label.endswith("组"):
        area["group"] = label
    else:
        area.update(village=label, group="")


def _carry_area(reader: CellReader, area: dict[str, str], row: int) -> None:
    """乡镇、村留空就是同上；换了上级而下级留空时，下级不沿用。"""
    for place, level in enumerate(AREA_FIELDS):
        written = reader.text(row, level)
        if written and written != area[level]:
            area[level] = written
            for lower in AREA_FIELDS[place + 1 :]:
                area[lower] = ""


def _place_row(reader: CellReader, drafts: list[Draft], area: dict[str, str], row: int) -> None:
    if not reader.heading.by_person:
        drafts.append(_household_row(reader, dict(area), row))
        return
    if _starts_household(reader, drafts[-1] if drafts else None, row):
        drafts.append(_first_person_row(reader, dict(area), row))
    if not drafts:
        reader.findings.refuse(
            reader.sheet.cell(row, reader.heading.columns["name"]),
            "household.orphan",
            "前面没有户主，不知属于哪一户。",
        )
        drafts.append(_first_person_row(reader, dict(area), row))
    drafts[-1].persons.append(_person(reader, row))


def _household_row(reader: CellReader, area: dict[str, str], row: int) -> Draft:
    name = reader.name(row, "head_name")
    identity = reader.identity(row, "head_identity")
    size = reader.count(row, "size")
    draft = Draft(row, area, name, identity, [PersonRow(row, name, identity, "户主", None)], size)
    draft.amount_fen = _household_amount(reader, row, size)
    return draft


def _household_amount(reader: CellReader, row: int, size: int | None) -> int | None:
    per_head = reader.amount(row, "per_head")
    if "amount" not in reader.heading.columns:
        if per_head is None or size is None:
            _refuse_blank_amount(reader, row, "per_head")
            return None
        return per_head * size
    amount = reader.amount(row, "amount")
    if reader.is_blank(row, "amount"):
        _refuse_blank_amount(reader, row, "amount")
    elif amount is not None and per_head is not None and size and abs(per_head * size - amount) > size:
        _contradict_per_head(reader, row, per_head * size, amount)
    return amount


def _contradict_per_head(reader: CellReader, row: int, expected: int, amount: int) -> None:
    reader.findings.contradict(row, "per_head", str(amount), str(expected), "月保障金额与人均×人数（单位分）")


def _refuse_blank_amount(reader: CellReader, row: int, column: str) -> None:
    cell = reader.sheet.cell(row, reader.heading.columns[column])
    reader.findings.refuse(cell, "amount.blank", "月保障金额没有填写，或缺少人数而算不出来。")


def _starts_household(reader: CellReader, current: Draft | None, row: int) -> bool:
    if reader.raw(row, "relation") not in HEAD_RELATIONS:
        return _names_other_head(reader, current, row)
    if current is None or not reader.heading.columns.keys() & {"head_name", "household_no"}:
        return True
    has_head = any(person.relation in HEAD_RELATIONS for person in current.persons)
    return has_head or _names_other_head(reader, current, row)


def _names_other_head(reader: CellReader, current: Draft | None, row: int) -> bool:
    if current is None:
        return any(reader.raw(row, field) for field in HOUSEHOLD_MARKS)
    for mark in ("household_no", "head_identity"):
        if reader.raw(row, mark) and reader.raw(current.first, mark):
            return reader.raw(row, mark) != reader.raw(current.first, mark)
    head = canonical_name(reader.raw(row, "head_name"))
    if not head or head != current.head_name:
        return bool(head)
    # Two neighbours whose heads share a name: the second one is written as a person again.
    itself = canonical_name(reader.raw(row, "name")) == head
    return itself and any(person.name == head for person in current.persons)


def _first_person_row(reader: CellReader, area: dict[str, str], row: int) -> Draft:
    columns = reader.heading.columns
    name = canonical_name(reader.raw(row, "head_name") or reader.raw(row, "name"))
    identity = None
    if "head_identity" in columns and not reader.is_blank(row, "head_identity"):
        identity = reader.identity(row, "head_identity", of_member=False)
    return Draft(row, area, name, identity, size=reader.count(row, "size"))


def _person(reader: CellReader, row: int) -> PersonRow:
    name, identity = reader.name(row, "name"), reader.identity(row, "identity")
    return PersonRow(row, name, identity, reader.text(row, "relation"), _person_amount(reader, row))


def _person_amount(reader: CellReader, row: int) -> int | None:
    return reader.amount(row, "amount" if "amount" in reader.heading.columns else "per_head")


def _settle_amounts(reader: CellReader, drafts: list[Draft]) -> None:
    """一行一人的表里金额写在谁的行上：只写在首行是全户的，人人都写是按人的。"""
    by_person = _written_by_person(reader, drafts)
    if by_person and drafts:
        reader.findings.tell(0, 0, "amount.by_person", "金额按人填写，每户金额为各人之和。")
    for draft in drafts:
        amounts = [person.amount_fen for person in draft.persons if person.amount_fen is not None]
        written = [p for p in draft.persons if not reader.is_blank(p.row, _amount_field(reader))]
        if not written:
            _refuse_blank_amount(reader, draft.first, _amount_field(reader))
        elif by_person:
            draft.amount_fen = sum(amounts)
        else:
            _settle_household_amount(reader, draft, amounts)


def _amount_field(reader: CellReader) -> str:
    return "amount" if "amount" in reader.heading.columns else "per_head"


def _written_by_person(reader: CellReader, drafts: list[Draft]) -> bool:
    column = _amount_field(reader)
    title = reader.heading.titles[column]
    if column == "per_head" or PER_PERSON_AMOUNT.search(title):
        return any(
            not reader.is_blank(person.row, column) for draft in drafts for person in draft.persons[1:]
        ) or (column == "amount")
    if PER_HOUSEHOLD_AMOUNT.search(title):
        return False
    return any(not reader.is_blank(person.row, column) for draft in drafts for person in draft.persons[1:])


def _settle_household_amount(reader: CellReader, draft: Draft, amounts: list[int]) -> None:
    if len(set(amounts)) > 1:
        cell = reader.sheet.cell(draft.persons[-1].row, reader.heading.columns[_amount_field(reader)])
        reader.findings.refuse(cell, "amount.disagree", "同一户写了不同的每月金额，请核对。")
    elif amounts:
        per_head = _amount_field(reader) == "per_head"
        draft.amount_fen = amounts[0] * len(draft.persons) if per_head else amounts[0]
    for person in draft.persons:
        person.amount_fen = None


def finished(reader: CellReader, drafts: list[Draft]) -> Iterator[RosterHousehold]:
    """没有行错误的户成为正式的户；身份号码与表上生日、性别、人数不符的记为不符。"""
    facts = [(draft, _household_facts(reader, draft), _members(reader, draft)) for draft in drafts]
    bad = {error.row for error in reader.findings.errors}
    for draft, household, members in facts:
        if not bad & draft.rows and draft.amount_fen is not None:
            yield _household(reader, draft, household, members)


@dataclass(slots=True)
class HouseholdFacts:
    """只看一行就能读到的户的其余字段。"""

    texts: dict[str, str]
    family_size: int | None
    account: str
    start_on: date | None
    income_fen: int | None


TEXT_FIELDS = ("household_no", "category", "bank", "account_name", "phone", "address", "cause", "remark")


def _household_facts(reader: CellReader, draft: Draft) -> HouseholdFacts:
    def row(name: str) -> int:
        return _row_with(reader, draft, name)

    return HouseholdFacts(
        {name: reader.text(row(name), name) for name in TEXT_FIELDS},
        reader.count(row("family_size"), "family_size"),
        reader.account(row("account"), "account"),
        reader.day(row("start"), "start", month_is_enough=True),
        reader.amount(row("income"), "income", zero=True),
    )


def _row_with(reader: CellReader, draft: Draft, name: str) -> int:
    """户的字段写在哪一行：先看户主那一行，再看户内第一个写了的行。"""
    heads = [person.row for person in draft.persons if person.relation in HEAD_RELATIONS]
    rows = heads + sorted(draft.rows)
    return next((row for row in rows if not reader.is_blank(row, name)), draft.first)


def _members(reader: CellReader, draft: Draft) -> list[RosterMember]:
    made = (_member(reader, person) for person in draft.persons)
    members = [member for member in made if member is not None]
    if reader.heading.by_person and draft.size is not None and draft.size != len(draft.persons):
        reader.findings.contradict(
            draft.first, "size", f"{draft.size} 人", f"{len(draft.persons)} 人", "保障人口"
        )
    return members


def _member(reader: CellReader, person: PersonRow) -> RosterMember | None:
    row = person.row
    texts = {
        name: reader.text(row, name) for name in ("ethnicity", "disability", "disability_kind", "health")
    }
    grade = reader.grade(row)
    labour, phone = reader.text(row, "labour"), reader.text(row, "phone")
    if person.identity is None:
        return None
    _compare_with_identity(reader, row, person.identity)
    return RosterMember(
        source=Source(reader.sheet.name, row), name=person.name, identity=person.identity,
        relation=person.relation, sex=person.identity.sex, born_on=person.identity.born_on,
        disability_grade=grade, labour=labour, phone=phone, amount_fen=person.amount_fen, **texts,
    )  # fmt: skip


def _compare_with_identity(reader: CellReader, row: int, identity: Identity) -> None:
    stated_sex = {"男": "male", "女": "female"}.get(reader.derived(row, "sex", reader.text)[:1])
    if stated_sex and stated_sex != identity.sex:
        words = {"male": "男", "female": "女"}
        reader.findings.contradict(row, "sex", words[stated_sex], words[identity.sex], "性别与身份证号")
    if reader.derived(row, "birth", reader.raw):
        born_on = reader.day(row, "birth", month_is_enough=True)
        if born_on and (born_on.year, born_on.month) != (identity.born_on.year, identity.born_on.month):
            stated, computed = born_on.isoformat(), identity.born_on.isoformat()
            reader.findings.contradict(row, "birth", stated, computed, "出生日期与身份证号")


def _household(
    reader: CellReader, draft: Draft, facts: HouseholdFacts, members: list[RosterMember]
) -> RosterHousehold:
    head = next(
        (one for one in members if one.relation in HEAD_RELATIONS or one.name == draft.head_name), None
    )
    head_identity = draft.head_identity or (head.identity if head else None)
    head_name = head.name if head and not reader.raw(draft.first, "head_name") else draft.head_name
    size = draft.size if draft.size is not None else len(members)
    return RosterHousehold(
        source=Source(reader.sheet.name, draft.first), head_name=head_name,
        head_identity=head_identity.number if head_identity else "", size=size, family_size=facts.family_size,
        amount_fen=draft.amount_fen or 0, account=facts.account, start_on=facts.start_on,
        income_fen=facts.income_fen, members=tuple(members), **draft.area, **facts.texts,
    )  # fmt: skip
