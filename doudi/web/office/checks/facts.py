"""What is known of a family, in words: declared, verified and seen, side by side."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from doudi.law.rulebook import Input
from doudi.law.schemes.means_inputs import ASSET_KINDS, INCOME_KINDS
from doudi.law.units import show
from doudi.records.checks.assessing import GRADED
from doudi.records.checks.tables import EXEMPT, OF_SINGLE
from doudi.records.people.models import Fact, Membership
from doudi.records.staff.models import User
from doudi.web.office.cases.page import shown_name
from doudi.web.ui.components import Side, Sides

NAMED = {"income": INCOME_KINDS, "asset": ASSET_KINDS}


class Topic(NamedTuple):
    """说的是什么: 谁的、哪一类、哪一项。"""

    person_id: int | None
    kind: str
    code: str


class Difference(NamedTuple):
    """两个版本不同的一项。"""

    label: str
    theirs: str
    mine: str


def names_of(user: User, members: Iterable[Membership]) -> dict[int, str]:
    """成员主键 → 姓名。"""
    return {member.person_id: shown_name(user, member.person.name) for member in members}


def topic_of(fact: Any) -> Topic:
    """同一件事的几种说法归在一处。`fact` is a Fact or a FactDraft."""
    return Topic(fact.person_id, fact.kind, fact.code if fact.kind in NAMED else "")


def label_of(topic: Topic, who: Mapping[int, str]) -> str:
    """这件事的名称: 赵甲 种植 (元/年)。"""
    item = _item(topic.kind)
    name = NAMED[topic.kind][topic.code] if topic.kind in NAMED else item.label
    unit = f" ({item.unit.suffix})" if item.unit.suffix else ""
    person = who.get(topic.person_id or 0, "")
    return f"{person} {name}{unit}".strip()


def item_label(item: Any, who: Mapping[int, str]) -> str:
    """逐项对照一项的名称。`item` is a VisitItem or a Finding that says which thing it is about."""
    topic = Topic(item.person_id, item.kind, item.code)
    if item.kind in NAMED:
        return label_of(topic, who)
    return f"{who.get(item.person_id or 0, '')} 共同生活".strip()


def _item(kind: str) -> Input:
    return GRADED.inputs[{"income": "gross", "asset": "amount"}.get(kind, kind)]


def text_of(facts: Iterable[Any]) -> str:
    """这件事的值; 几笔的合在一起写。"""
    return "、".join(_text(fact) for fact in facts)


def _text(fact: Any) -> str:
    item = _item(fact.kind)
    if fact.kind == "asset":
        amount = show(fact.amount_fen, item.unit).split(" ")[0] if fact.amount_fen else "有"
        return f"{amount}{_marks(fact.number or 0)}"
    if item.unit.kind == "code":
        return (item.names or {}).get(fact.code, fact.code)
    if item.unit.kind == "flag":
        return show(bool(fact.number), item.unit)
    if item.unit.kind != "money":
        return str(fact.number)
    amount = show(fact.amount_fen or 0, item.unit).split(" ")[0]
    if fact.cost_fen:
        return f"{amount} (成本 {show(fact.cost_fen, item.unit).split(' ')[0]})"
    return amount


def _marks(number: int) -> str:
    told = [word for mark, word in ((EXEMPT, "豁免"), (OF_SINGLE, "单独申请人的")) if number & mark]
    return f" ({'、'.join(told)})" if told else ""


def grouped(facts: Iterable[Any]) -> dict[Topic, list[Any]]:
    """按同一件事归拢, 先后不变。"""
    found: dict[Topic, list[Any]] = {}
    for fact in facts:
        found.setdefault(topic_of(fact), []).append(fact)
    return found


def sides(facts: Sequence[Fact], who: Mapping[int, str]) -> Sides:
    """申报、核对、所见并列。"""
    return Sides("申报、核对与入户所见", [_side(topic, rows, who) for topic, rows in grouped(facts).items()])


def _side(topic: Topic, rows: Sequence[Fact], who: Mapping[int, str]) -> Side:
    said = {source: text_of(fact for fact in rows if fact.source == source) for source in Fact.Source.values}
    return Side(label_of(topic, who), said["declared"], said["verified"], said["seen"])


def differences(theirs: Iterable[Any], mine: Iterable[Any], who: Mapping[int, str]) -> list[Difference]:
    """别人保存的和自己填的, 只列不同的。"""
    one, other = grouped(theirs), grouped(mine)
    rows = (
        Difference(label_of(topic, who), text_of(one.get(topic, ())), text_of(other.get(topic, ())))
        for topic in dict.fromkeys([*one, *other])
    )
    return [row for row in rows if row.theirs != row.mine]
