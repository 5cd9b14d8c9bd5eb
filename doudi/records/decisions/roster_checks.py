"""Hold a roster that reads well against what the office already knows: places, people, households, awards."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from doudi.exchange.sheets.findings import RowError
from doudi.exchange.sheets.households import HEAD_RELATIONS, RosterHousehold, RosterMember
from doudi.exchange.sheets.roster import Roster
from doudi.law.catalogue import Scheme
from doudi.law.identity import canonical_name
from doudi.law.masking import mask_identity, mask_name
from doudi.records.areas.models import Area
from doudi.records.awards.models import Holding
from doudi.records.decisions.roster_places import Places
from doudi.records.people.models import Membership, Person
from doudi.records.policies.queries import pairs_of, scheme_name
from doudi.store.fields import index_value

STEP = 500
RELATIONS: Mapping[str, tuple[str, ...]] = {
    Membership.Relation.SPOUSE: ("配偶", "妻", "夫", "妻子", "丈夫", "爱人"),
    Membership.Relation.CHILD: ("子", "女", "儿", "儿子", "女儿", "子女", "儿媳", "女婿", "媳妇"),
    Membership.Relation.PARENT: ("父", "母", "父亲", "母亲", "父母", "岳父", "岳母", "公公", "婆婆"),
    Membership.Relation.GRANDCHILD: ("孙子", "孙女", "外孙", "外孙女", "外孙子", "孙"),
    Membership.Relation.GRANDPARENT: ("祖父", "祖母", "爷爷", "奶奶", "外祖父", "外祖母"),
    Membership.Relation.SIBLING: ("兄", "弟", "姐", "妹", "哥哥", "弟弟", "姐姐", "妹妹", "兄弟", "姐妹"),
}
RELATION_OF = {word: relation for relation, words in RELATIONS.items() for word in words}


class Known(NamedTuple):
    """已登记的一个人: 现在在哪一户, 占着哪些互斥的待遇。"""

    pk: int
    name: str
    number: str
    is_dead: bool
    household_id: int | None
    household_no: str
    head_name: str
    holds: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Family:
    """可以入库的一户: 名册上的内容、落在哪个村、已有的户和人。"""

    row: RosterHousehold
    village: str
    household_id: int | None
    relations: tuple[str, ...]
    known: Mapping[str, Known] = field(repr=False)

    @property
    def head(self) -> RosterMember | None:
        """户主本人也在名册上时, 他那一行。"""
        return next((m for m in self.row.members if m.identity.number == self.row.head_identity), None)


def relation_of(text: str) -> str:
    """把“长子”“妻子”一类叫法归到与户主关系的代码; 认不出的归其他。"""
    plain = "".join(text.split())
    if plain in HEAD_RELATIONS:
        return Membership.Relation.HEAD
    for known in (plain, plain.lstrip("长次三四五六大二小养继")):
        if known in RELATION_OF:
            return RELATION_OF[known]
    return Membership.Relation.OTHER


def families(roster: Roster, scheme: Scheme, area: Area) -> tuple[list[Family], list[RowError]]:
    """逐户核对, 给出可入库的户和行错误 (不含读表时已报的)。"""
    places = Places.within(area)
    known = known_people(numbers_of(roster.households), scheme.id)
    letters = {(one.sheet, name): letter for one in roster.maps for name, _, letter in one.columns}
    good, errors = [], []
    for row in roster.households:
        village, lost = places.village(row.township, row.village)
        check = _Check(row, scheme, village, known, letters)
        found = [
            *([check.error("village", "village.unknown", f"村：{lost}。")] if lost else []),
            *check.errors(),
        ]
        errors += found
        if not found:
            good.append(check.family())
    return good, errors


def numbers_of(households: Iterable[RosterHousehold]) -> list[str]:
    """名册上出现的全部号码, 含不在册的户主。"""
    found = {m.identity.number for one in households for m in one.members}
    return sorted(found | {one.head_identity for one in households if one.head_identity})


def known_people(numbers: list[str], scheme_id: str) -> dict[str, Known]:
    """号码 → 已登记的人。Three queries for each 500 numbers."""
    found: dict[str, Known] = {}
    pairs = pairs_of(scheme_id)
    for start in range(0, len(numbers), STEP):
        indexes = {index_value(Person, "id_number_bi", one): one for one in numbers[start : start + STEP]}
        people = Person.objects.filter(id_number_bi__in=list(indexes)).defer("id_number").order_by("pk")
        found |= dict(_with_places(list(people), indexes, pairs))
    return found


def _with_places(
    people: list[Person], indexes: Mapping[bytes | None, str], pairs: tuple[str, ...]
) -> Iterator[tuple[str, Known]]:
    keys = [person.pk for person in people]
    homes = Membership.objects.filter(person__in=keys, until_on=None).select_related("household__head")
    home = {one.person_id: one.household for one in homes.defer("household__head__id_number").order_by("pk")}
    holds: dict[int, list[tuple[str, str]]] = {key: [] for key in keys}
    held = Holding.objects.filter(person__in=keys, pair__in=pairs, released_on=None).order_by("pk")
    for holder, scheme_id, no in held.values_list("person_id", "award__scheme", "award__no"):
        holds[holder].append((scheme_id, no))
    for person in people:
        number, place = indexes[bytes(person.id_number_bi)], home.get(person.pk)
        home_no, head_name = (place.no, place.head.name) if place else ("", "")
        dead = bool(person.died_on or person.death_reported_on)
        held_by = tuple(holds[person.pk])
        where = place.pk if place else None
        yield number, Known(person.pk, person.name, number, dead, where, home_no, head_name, held_by)


@dataclass(frozen=True)
class _Check:
    """一户的核对。"""

    row: RosterHousehold
    scheme: Scheme
    village: str
    known: Mapping[str, Known]
    letters: Mapping[tuple[str, str], str]

    def error(self, column: str, rule: str, text: str, at: int = 0) -> RowError:
        """一处行错误; at 不写时指这一户的首行。"""
        letter = self.letters.get((self.row.source.sheet, column), "")
        return RowError(self.row.source.sheet, at or self.row.source.row, letter, rule, text)

    def errors(self) -> Iterator[RowError]:
        yield from self._head_errors()
        yield from self._payee_errors()
        for member in self.row.members:
            yield from self._member_errors(member)
        yield from self._household_errors()

    def _head_errors(self) -> Iterator[RowError]:
        relations = self._relations()
        if not self.row.head_identity:
            yield self.error(
                "head_name", "head.identity", "户主：不在名册里, 也没有写户主身份证号，不能建户。"
            )
        elif relations.count(Membership.Relation.HEAD) > 1:
            yield self.error("relation", "head.twice", "与户主关系：这一户写了不止一名户主。")

    def _payee_errors(self) -> Iterator[RowError]:
        if self.scheme.unit != "person":
            return
        several = len(self.row.members) > 1 and any(one.amount_fen is None for one in self.row.members)
        if several or self.row.size != len(self.row.members):
            text = f"{self.scheme.name}按人发放，每名保障对象要各占一行并写明本人金额。"
            yield self.error("amount", "amount.per_person", text)

    def _member_errors(self, member: RosterMember) -> Iterator[RowError]:
        person = self.known.get(member.identity.number)
        if person is None:
            return
        shown, at = mask_identity(person.number), member.source.row
        column = "identity" if (self.row.source.sheet, "identity") in self.letters else "head_identity"
        if canonical_name(person.name) != member.name:
            text = f"身份证号码：{shown} 已登记的姓名是 {mask_name(person.name)}，与名册不同，请核对证件。"
            yield self.error(column, "person.name", text, at)
        if person.is_dead:
            yield self.error(column, "person.dead", f"身份证号码：{shown} 已有死亡报告，请先核实。", at)
        for scheme_id, no in person.holds:
            text = f"身份证号码：{shown} 正在享受{scheme_name(scheme_id)}（待遇 {no}），不能再享受{self.scheme.name}。"
            yield self.error(column, "award.exclusive", text, at)

    def _household_errors(self) -> Iterator[RowError]:
        """Everybody must be unregistered, or all of them live in the one household of the same head."""
        homes = {}
        for member in self.row.members:
            person = self.known.get(member.identity.number)
            if person and person.household_id:
                homes[member.identity.number] = person
        target = self.household_id
        for member in self.row.members:
            person = homes.get(member.identity.number)
            if person and person.household_id != target:
                where = f"户 {person.household_no}（户主 {mask_name(person.head_name)}）"
                text = f"身份证号码：{mask_identity(person.number)} 已登记在{where}，请先核实并办理迁出。"
                yield self.error("identity", "household.other", text, member.source.row)
            elif target and person is None:
                text = "身份证号码：户主已登记在册，但这一户里没有此人，请先在家庭成员中登记。"
                yield self.error("identity", "household.member", text, member.source.row)

    @property
    def household_id(self) -> int | None:
        """户主已登记为某户户主时, 就是那一户。"""
        head = self.known.get(self.row.head_identity)
        same = head and head.household_id and head.head_name == head.name
        return head.household_id if head and same else None

    def _relations(self) -> tuple[str, ...]:
        head = self.row.head_identity
        return tuple(
            Membership.Relation.HEAD if one.identity.number == head else relation_of(one.relation)
            for one in self.row.members
        )

    def family(self) -> Family:
        """核对无误的一户。"""
        mine = {number: self.known[number] for number in numbers_of([self.row]) if number in self.known}
        return Family(self.row, self.village, self.household_id, self._relations(), mine)
