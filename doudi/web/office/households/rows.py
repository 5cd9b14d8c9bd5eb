"""Tables of a family: who is in it, what it was granted, what was paid."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse

from doudi.law.identity import age_on
from doudi.law.masking import mask_identity
from doudi.records.awards.models import Award
from doudi.records.decisions.models import Decision
from doudi.records.desk.outcomes import Recognised
from doudi.records.payments.models import PayLine
from doudi.records.people.models import Household, Membership
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.models import User
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.office.cases.page import shown_name
from doudi.web.ui.components import Flag
from doudi.web.ui.tables import Column, Link, Row, Table


def payments(lines: Iterable[PayLine]) -> Table:
    """发放经过。"""
    columns = [
        Column("月份"), Column("项目"), Column("金额", "money"), Column("结果"), Column("入账", "day"),
        Column("卡号后四位"), Column("说明"),
    ]  # fmt: skip
    rows = [
        Row([month(line.month), scheme_name(line.run.scheme), line.amount_fen, line.get_state_display(), line.paid_on,
             line.account_last4, line.reason])
        for line in lines
    ]  # fmt: skip
    return Table(columns, rows, key="payments", compact=True, keyboard=False)


def month(number: int) -> str:
    """202611 写成 2026-11。"""
    return f"{number // 100}-{number % 100:02}"


def members(user: User, rows: Iterable[Membership]) -> list[dict[str, Any]]:
    """家庭成员, 号码遮着。"""
    on = today()
    return [
        {
            "person": row.person_id,
            "name": shown_name(user, row.person.name),
            "relation": row.get_relation_display(),
            "number": mask_identity(row.person.id_number),
            "sex": row.person.get_sex_display(),
            "age": age_on(row.person.birth_on, row.person.died_on or on),
            "died_on": row.person.died_on,
        }
        for row in rows
    ]


def people(user: User, rows: Iterable[Membership]) -> Table:
    """搜到的人: 在哪一户, 号码遮着。"""
    columns = (Column("姓名"), Column("与户主关系"), Column("身份证号"), Column("户主"), Column("户编号"))
    return Table(columns, [_found_person(user, row) for row in rows], key="people")


def _found_person(user: User, row: Membership) -> Row:
    url = reverse("household", args=[row.household_id])
    cells = [
        Link(shown_name(user, row.person.name), url), row.get_relation_display(),
        mask_identity(str(row.person.id_number)), shown_name(user, row.household.head.name), row.household.no,
    ]  # fmt: skip
    return Row(cells, url=url)


def awards(rows: Iterable[Award]) -> Table:
    """待遇, 连同开始和停止它的决定。"""
    columns = [
        Column("待遇"), Column("人数", "number"), Column("每月", "money"), Column("起", "day"), Column("止", "day"),
        Column("依据"), Column("状态", "flags"),
    ]  # fmt: skip
    return Table(columns, [_award(award) for award in rows], key="awards", compact=True, keyboard=False)


def _award(award: Award) -> Row:
    closing = getattr(award, "closing", None)
    state = Flag(f"已{closing.decision.get_kind_display()}") if closing else _standing(award)
    opened = award.opening.decision
    cells = [
        f"{scheme_name(award.scheme)} {award.klass}".strip(), award.persons, award.amount_fen, award.from_on,
        closing.ends_on if closing else None, f"{opened.get_kind_display()} {opened.no}", [state],
    ]  # fmt: skip
    return Row(cells)


def _standing(award: Award) -> Flag:
    """In receipt, or standing still: since when and by which decision."""
    still = next((one for one in award.suspensions.all() if getattr(one, "resumption", None) is None), None)
    if still is None:
        return Flag("在享", "good")
    return Flag(f"{still.from_on} 起暂停 {still.decision.no}", "over")


def recognitions(user: User, rows: Iterable[Recognised], on: date) -> Table:
    """只认定不发钱的: 自哪天到哪天, 依哪个决定, 为什么终止。"""
    columns = [
        Column("认定"), Column("人数", "number"), Column("起", "day"), Column("止", "day"), Column("依据"),
        Column("状态", "flags"), Column("终止的理由"),
    ]  # fmt: skip
    return Table(
        columns,
        [_recognised(user, row, on) for row in rows],
        key="recognitions",
        compact=True,
        keyboard=False,
    )


def _recognised(user: User, row: Recognised, on: date) -> Row:
    one, ended = row.recognition, row.ended_by
    until = one.ended_on or one.until_on
    state = "已终止" if one.ended_on else "有效" if until > on else "已期满"
    cells = [
        scheme_name(one.scheme), one.persons, one.from_on, until, _decision(user, one.decision),
        [Flag(state, "good" if state == "有效" else "")], _decision(user, ended, ended.reason) if ended else None,
    ]  # fmt: skip
    return Row(cells)


def _decision(user: User, decision: Decision, more: str = "") -> Any:
    """The decision by its kind and number; who may open it gets there."""
    words = more or f"{decision.get_kind_display()} {decision.no}"
    may = may_open(user, "decision")
    return Link(words, reverse("decision", args=[decision.pk]), decision.no if more else "") if may else words


def households(user: User, rows: Iterable[Household]) -> Table:
    """在册家庭名单。"""
    columns = [
        Column("户主"), Column("户编号"), Column("乡镇 / 村"), Column("城乡"), Column("在享项目"),
        Column("人数", "number"), Column("每月", "money"),
    ]  # fmt: skip
    return Table(columns, [_household(user, household) for household in rows], key="households")


def _household(user: User, household: Any) -> Row:
    url = reverse("household", args=[household.pk])
    town = household.village.parent.name if household.village.parent else ""
    names = "、".join(dict.fromkeys(scheme_name(award.scheme) for award in household.in_force))
    total = sum(award.amount_fen for award in household.in_force)
    cells = [
        Link(shown_name(user, household.head.name), url), household.no, f"{town} · {household.village.name}",
        household.get_kind_display(), names, max((award.persons for award in household.in_force), default=None),
        total or None,
    ]  # fmt: skip
    return Row(cells, url=url, amount_fen=total or None)
