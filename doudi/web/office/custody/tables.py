"""Tables of the custody pages, and the one on a family's page."""

from collections.abc import Iterable, Mapping

from django.urls import reverse

from doudi.records.awards.models import Award
from doudi.records.payments.in_person.custody import Custodian
from doudi.records.payments.models import Custody
from doudi.records.people.models import Household
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.models import User
from doudi.web.office.access import may_open
from doudi.web.office.cases.page import shown_name
from doudi.web.ui.components import Flag
from doudi.web.ui.tables import Column, Link, Row, Table


def running(user: User, rows: Iterable[Custody], homes: Mapping[int, Household]) -> Table:
    """正在代管的。"""
    columns = (
        Column("持卡人"), Column("乡镇 / 村"), Column("代管人"), Column("是持卡人的"), Column("从哪天起", "day"),
        Column("登记"), Column("备案", "flags"), Column("办理"),
    )  # fmt: skip
    return Table(columns, [_running(user, row, homes.get(row.person_id)) for row in rows], key="custodies")


def _running(user: User, row: Custody, home: Household | None) -> Row:
    name = shown_name(user, row.person.name)
    url = reverse("household", args=[home.pk]) if home else ""
    town = (
        f"{home.village.parent.name if home.village.parent else ''} · {home.village.name}" if home else None
    )
    cells = [
        Link(name, url, home.no) if home else name, town, shown_name(user, row.custodian), row.relation, row.from_on,
        row.recorded_by.name, [filed(row)], _act(user, row),
    ]  # fmt: skip
    return Row(cells, url=url)


def filed(row: Custody) -> Flag:
    """备案了没有。"""
    if row.filed_by is None:
        return Flag("等县级备案", "soon")
    return Flag(f"{row.filed_by.name} {row.filed_on} 备案", "good")


def _act(user: User, row: Custody) -> Link | None:
    if row.filed_by is None and may_open(user, "custody_file"):
        return Link("备案", reverse("custody_file", args=[row.pk]))
    return Link("结束", reverse("custody_end", args=[row.pk])) if may_open(user, "custody_end") else None


def many(user: User, rows: Iterable[Custodian]) -> Table:
    """替很多户保管的人。"""
    columns = (Column("代管人"), Column("身份证号"), Column("户数", "number"), Column("替谁"))
    lines = [
        Row([shown_name(user, one.name), one.number, one.households,
             "、".join(shown_name(user, name) for name in one.persons)])
        for one in rows
    ]  # fmt: skip
    return Table(columns, lines, key="custodians", compact=True, keyboard=False)


def others_card(user: User, rows: Iterable[Award]) -> Table:
    """领款人与规定不符的待遇。"""
    columns = (Column("户主"), Column("乡镇 / 村"), Column("项目"), Column("领款人"), Column("每月", "money"))
    return Table(columns, [_other(user, row) for row in rows], key="others", compact=True, keyboard=False)


def _other(user: User, award: Award) -> Row:
    home = award.household
    url = reverse("household", args=[home.pk])
    town = award.village.parent.name if award.village.parent else ""
    cells = [
        Link(shown_name(user, home.head.name), url, home.no), f"{town} · {award.village.name}",
        scheme_name(award.scheme), shown_name(user, award.payee.name), award.amount_fen,
    ]  # fmt: skip
    return Row(cells, url=url)


def beside(user: User, rows: Iterable[Custody]) -> Table:
    """这些代管和各自的协议: 放在户页、发放经过和批次页上。"""
    columns = (
        Column("持卡人"), Column("代管人"), Column("是持卡人的"), Column("从哪天起", "day"), Column("到哪天止", "day"),
        Column("书面协议"), Column("备案", "flags"),
    )  # fmt: skip
    lines = [
        Row([shown_name(user, row.person.name), shown_name(user, row.custodian), row.relation, row.from_on,
             row.until_on, _agreement(user, row), [filed(row)]])
        for row in rows
    ]  # fmt: skip
    return Table(columns, lines, key="custody", compact=True, keyboard=False)


def _agreement(user: User, row: Custody) -> Link | str:
    """There is one always; whoever may read whole numbers opens it, the others are told."""
    if may_open(user, "custody_agreement"):
        return Link("看协议", reverse("custody_agreement", args=[row.pk]))
    return f"有, {row.recorded_by.name} 登记"
