"""What is known of a family, in words: declared, verified and seen, side by side."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from doudi.law.rulebook import Input
from doudi.law.schemes.dibao import DIBAO
from doudi.law.schemes.means_inputs import ASSET_KINDS, INCOME_KINDS
from doudi.law.units import show
from doudi.records.people.models import Fact
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


def _item(kind: str) -> Input:
    return DIBAO.inputs[{"income": "gross", "asset": "amount"}.get(kind, kind)]


def text_of(facts: Iterable[Any]) -> str:
    """这件事的值; 几笔的合在一起写。"""
    return "、".join(_text(fact) for fact in facts)


def _text(fact: Any) -> str:
    item = _item(fact.kind)
    if fact.kind == "asset" and not fact.amount_fen:
        return "有 (豁免)" if fact.number else "有"
    if item.unit.kind == "code":
        return (item.names or {}).get(fact.code, fact.code)
    if item.unit.kind == "flag":
        return show(bool(fact.number), item.unit)
    if item.unit.kind != "money":
        return str(fact.number)
    amount = show(fact.amount_fen or 0, item.unit).split(" ")[0]
    if fact.cost_fen:
        return f"{amount} (成本 {show(fact.cost_fen, item.unit).split(' ')[0]})"
    return f"{amount} (豁免)" if fact.kind == "asset" and fact.number else amount


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
