"""Families as a county's dibao and tekun rolls have them: who lives together, how old, how ill, with what income."""

import datetime as dt
from dataclasses import dataclass, field
from random import Random

from doudi.demo.names import DOUBLE_SURNAMES, Namer

REFERENCE_YEAR = 2026
# No demo person turns 16, 18, 60 or 70 in these years: the amounts computed at the start of a year hold to its end,
# and a re-assessment on any day of 2026 reproduces them.
THRESHOLD_AGES = (16, 18, 60, 70)
SIZES = ((1, 0.56), (2, 0.28), (3, 0.10), (4, 0.045), (5, 0.012), (6, 0.003))


@dataclass(slots=True)
class Income:
    """一项年收入: 代码、毛收入和成本 (分)。"""

    code: str
    gross_fen: int
    cost_fen: int = 0


@dataclass(slots=True)
class Member:
    """一个演示人员。`born_on` and sex fix the identity number; facts follow the dibao rulebook's codes."""

    name: str
    ethnic: str
    male: bool
    born_on: dt.date
    relation: str
    disability: str = ""
    grade: int = 0
    illness: str = ""
    student: str = ""
    able: bool = False
    incomes: list[Income] = field(default_factory=list)

    @property
    def age(self) -> int:
        """在参照年内的周岁 (年内不跨档, 按年末算)。"""
        return REFERENCE_YEAR - self.born_on.year

    @property
    def is_frail(self) -> bool:
        """重残或重病。"""
        return self.grade in (1, 2) or self.illness == "serious"


class Maker:
    """造家庭: 同一个随机源, 同样的次序, 得同样的家庭。"""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.namer = Namer(rng)

    def size(self) -> int:
        """家庭人口。"""
        draw = self.rng.random()
        for size, share in SIZES:
            draw -= share
            if draw < 0:
                return size
        return 1

    def dibao(self, size: int) -> list[Member]:
        """一户低保家庭, 户主在前。"""
        shape = (_alone, _pair, _three, _four)[size - 1] if size <= 4 else _many
        members = shape(self, size)
        for member in members:
            self._health(member)
        if not any(self._deserves(member) for member in members):
            self._afflict(members[0])
        return members

    def tekun(self) -> list[Member]:
        """一名特困人员, 自成一户。"""
        elderly = self.rng.random() < 0.86
        man = self.rng.random() < 0.78
        low, high = (61, 93) if elderly else (22, 58)
        member = self.head(low, high, male=man)
        if not elderly or self.rng.random() < 0.35:
            member.disability = self.rng.choice(("physical", "intellectual", "mental", "visual", "hearing"))
            member.grade = self.rng.choice((1, 2, 2, 3) if elderly else (1, 2))
        member.able = False
        return [member]

    def head(self, low: int, high: int, *, male: bool | None = None) -> Member:
        """户主。"""
        man = self.rng.random() < 0.72 if male is None else male
        return self._member("head", self._age(low, high), male=man)

    def spouse(self, of: Member) -> Member:
        """配偶: 年纪相近, 异性。"""
        low = max(of.age - 6, 21)
        return self._member("spouse", self._age(low, max(low, of.age + 3)), male=not of.male)

    def child(self, of: Member, low: int, high: int) -> Member:
        """子女: 随户主姓, 至少小二十岁。"""
        top = max(min(high, of.age - 20), 0)
        man = self.rng.random() < 0.52
        return self._member("child", self._age(min(low, top), top), male=man, surname=surname_of(of.name))

    def parent(self, of: Member) -> Member:
        """父母。"""
        man = self.rng.random() < 0.35
        surname = surname_of(of.name) if man else ""
        return self._member("parent", self._age(of.age + 21, min(of.age + 34, 97)), male=man, surname=surname)

    def grandchild(self, of: Member) -> Member:
        """孙子女。"""
        man = self.rng.random() < 0.52
        age = self._age(6, min(16, of.age - 42))
        return self._member("grandchild", age, male=man, surname=surname_of(of.name))

    def _member(self, relation: str, age: int, *, male: bool, surname: str = "") -> Member:
        year = REFERENCE_YEAR - age
        name, ethnic = self.namer.person(male=male, year=year, surname=surname)
        born_on = dt.date(year, 1, 1) + dt.timedelta(days=int(self.rng.random() * 364))
        able = 18 < age < 60
        return Member(name, ethnic, male, born_on, relation, able=able)

    def _age(self, low: int, high: int) -> int:
        """An age in the range that is no threshold (this year's or, for 2025's amounts, next to it)."""
        age = self.rng.randint(low, max(low, high))
        return age + 1 if age in THRESHOLD_AGES else age

    def _health(self, member: Member) -> None:
        rng, age = self.rng, member.age
        if age < 18:
            member.student = "school" if age >= 6 else ""
            disabled = 0.06
        elif age < 23 and member.relation in ("child", "grandchild"):
            member.student = "undergraduate" if rng.random() < 0.7 else ""
            disabled = 0.06
        else:
            disabled = 0.30 if age < 60 else 0.14
        draw = rng.random()
        if draw < disabled:
            self._disable(member, rng.choice((1, 2, 2, 3, 3, 4)))
        elif draw < disabled + (0.11 if age >= 18 else 0.015):
            member.illness = "serious"
        elif age >= 50 and rng.random() < 0.25:
            member.illness = "chronic"
        member.able = member.able and not member.is_frail and not member.student

    def _disable(self, member: Member, grade: int) -> None:
        kinds = ("physical", "physical", "intellectual", "mental", "visual", "hearing", "speech", "multiple")
        member.disability, member.grade = self.rng.choice(kinds), grade

    def _deserves(self, member: Member) -> bool:
        return member.age < 18 or member.age >= 60 or bool(member.disability) or member.illness == "serious"

    def _afflict(self, member: Member) -> None:
        """A working-age household is on the roll for a reason: most often the head's illness or disability."""
        if self.rng.random() < 0.5:
            self._disable(member, self.rng.choice((1, 2, 3)))
        else:
            member.illness = "serious"
        member.able = member.able and not member.is_frail


def surname_of(name: str) -> str:
    """姓: 复姓两字; 带间隔点的名字没有可随的姓。"""
    if "·" in name:
        return ""
    return name[:2] if name[:2] in DOUBLE_SURNAMES else name[:1]


def _alone(maker: Maker, size: int) -> list[Member]:
    draw = maker.rng.random()
    if draw < 0.44:
        return [maker.head(71, 92)]
    if draw < 0.68:
        return [maker.head(61, 69)]
    return [maker.head(24, 59)]


def _pair(maker: Maker, size: int) -> list[Member]:
    draw = maker.rng.random()
    if draw < 0.40:
        head = maker.head(64, 86, male=True)
        return [head, maker.spouse(head)]
    if draw < 0.63:
        head = maker.head(61, 88)
        return [head, maker.child(head, 28, 55)]
    if draw < 0.80:
        head = maker.head(30, 52)
        return [head, maker.child(head, 4, 21)]
    head = maker.head(44, 64, male=True)
    return [head, maker.spouse(head)]


def _three(maker: Maker, size: int) -> list[Member]:
    draw = maker.rng.random()
    if draw < 0.55:
        head = maker.head(30, 52, male=True)
        return [head, maker.spouse(head), maker.child(head, 2, 21)]
    if draw < 0.75:
        head = maker.head(61, 75, male=True)
        return [head, maker.spouse(head), maker.grandchild(head)]
    head = maker.head(32, 50)
    return [head, maker.child(head, 8, 20), maker.child(head, 2, 15)]


def _four(maker: Maker, size: int) -> list[Member]:
    head = maker.head(31, 50, male=True)
    last = maker.child(head, 1, 16) if maker.rng.random() < 0.6 else maker.parent(head)
    return [head, maker.spouse(head), maker.child(head, 4, 20), last]


def _many(maker: Maker, size: int) -> list[Member]:
    head = maker.head(33, 50, male=True)
    children = [maker.child(head, 1, 19) for _ in range(size - 3)]
    return [head, maker.spouse(head), *children, maker.parent(head)]
