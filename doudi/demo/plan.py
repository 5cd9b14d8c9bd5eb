"""What the demo county is to be: how many people on each scheme, in which villages, since when, until when."""

import datetime as dt
from dataclasses import dataclass, field
from random import Random

from doudi.demo.families import Maker, Member
from doudi.demo.incomes import Asset, Income, provide

OPENS_ON = dt.date(2026, 11, 5)
ROLL_ON = dt.date(2026, 10, 31)
HANDED_OVER_ON = dt.date(2024, 10, 31)  # everything older came with the rolls of the former office
RAISED_ON = dt.date(2026, 1, 1)
RAISE_DECIDED_ON = dt.date(2025, 12, 22)
MONTHS = tuple(dt.date(2024 + (9 + n + 1) // 12, (9 + n + 1) % 12 + 1, 1) for n in range(24))
DEFAULT_SEED = 410482

# interfaces.md §6: persons on the roll on 2026-10-31
ROLL = {"dibao_rural": 37_631, "dibao_urban": 2_141, "tekun_rural": 3_786, "tekun_urban": 52}
LOCALITY = {"dibao_rural": "rural", "dibao_urban": "urban", "tekun_rural": "rural", "tekun_urban": "urban"}
JOINED_IN_WINDOW = 0.13
LEFT_IN_WINDOW = 0.11
ROAD_DAYS = 24  # from acceptance to the county's decision, as the demo county usually takes
COMMITTEE_OF_RESIDENTS = ("居民委员会", "居委会", "社区")


@dataclass(slots=True)
class Family:
    """一户: 成员、财产、哪个村, 几时进、几时出、为什么出。"""

    scheme: str
    village: str
    members: list[Member]
    assets: list[Asset]
    joined_on: dt.date
    left_on: dt.date | None = None
    left_by_death: bool = False
    household_id: int = 0
    person_ids: range = field(default_factory=lambda: range(0))
    decided_on: dt.date = HANDED_OVER_ON
    opened_on: dt.date = HANDED_OVER_ON
    amounts: dict[int, "Amount"] = field(default_factory=dict)

    @property
    def head_id(self) -> int:
        """户主的主键: 户主总是第一个。"""
        return self.person_ids[0]

    @property
    def has_case(self) -> bool:
        """移交之后经申请进来的; 特困的申请办理路还没有, 一律随名册带入。"""
        return self.joined_on > MONTHS[0] and self.scheme.startswith("dibao")

    def number(self, household_id: int, first_person: int) -> None:
        """编号, 并定下决定日 (起享月的前一个月) 和建档日 (有案件的是受理日)。"""
        self.household_id = household_id
        self.person_ids = range(first_person, first_person + len(self.members))
        self.decided_on = weekday((self.joined_on - dt.timedelta(days=1)).replace(day=8 + household_id % 18))
        before = dt.timedelta(days=ROAD_DAYS if self.has_case else 0)
        self.opened_on = weekday(self.decided_on - before)


@dataclass(frozen=True, slots=True)
class Amount:
    """一年标准下的月待遇: 总额、组成 (名称, 人或空, 分)、类别、复核间隔 (月)。"""

    fen: int
    parts: tuple[tuple[str, int | None, int], ...]
    klass: str
    review_months: int


def _filing_order(family: Family) -> tuple[object, ...]:
    """The rolls handed over were filed village by village; who came later, by date."""
    later = family.joined_on if family.joined_on > MONTHS[0] else MONTHS[0]
    return later, family.village, family.scheme, family.joined_on


def weekday(day: dt.date) -> dt.date:
    """当天或之后的第一个周一至周五。"""
    return day + dt.timedelta(days=max(7 - day.weekday(), 0) if day.weekday() > 4 else 0)


def targets(scale: float) -> dict[str, int]:
    """各项目的在册人数; 缩得再小每项也留得住几种情形。"""
    return {scheme: max(round(persons * scale), 6) for scheme, persons in ROLL.items()}


class County:
    """造一县的在册与已退出家庭, 按建档先后编号。"""

    def __init__(self, villages: list[tuple[str, str]], *, scale: float, seed: int) -> None:
        self.rng = Random(seed)
        self.maker = Maker(self.rng)
        self.targets = targets(scale)
        self.places = {kind: Places(villages, kind, self.rng) for kind in ("rural", "urban")}

    def families(self) -> list[Family]:
        """全部家庭: 在册的人数与目标分毫不差, 已退出的另加。"""
        found: list[Family] = []
        for scheme, persons in self.targets.items():
            found += self._on_roll(scheme, persons)
            found += self._gone(scheme, persons)
        found.sort(key=_filing_order)
        self._number(found)
        return found

    def _on_roll(self, scheme: str, persons: int) -> list[Family]:
        found = []
        left = persons
        while left:
            family = self._family(scheme, most=left)
            family.joined_on = self._joined()
            left -= len(family.members)
            found.append(family)
        return found

    def _gone(self, scheme: str, persons: int) -> list[Family]:
        """Families that left in the window, at least one a scheme however small the county."""
        found = []
        count = max(round(persons * LEFT_IN_WINDOW / (1.67 if scheme.startswith("dibao") else 1)), 2)
        for _ in range(count):
            family = self._family(scheme, most=6)
            family.joined_on = self._joined()
            later = [month for month in MONTHS[1:] if month > family.joined_on]
            if not later:
                family.joined_on, later = dt.date(2020, 4, 1), list(MONTHS[1:])
            family.left_on = self.rng.choice(later)
            family.left_by_death = len(family.members) == 1 and family.members[0].age > 60
            found.append(family)
        return found

    def _family(self, scheme: str, most: int) -> Family:
        locality = LOCALITY[scheme]
        if scheme.startswith("dibao"):
            members = self.maker.dibao(min(self.maker.size(), most))
            assets = provide(members, locality, self.rng)
        else:
            members, assets = self.maker.tekun(), []
            _only_pension(members[0])
        return Family(scheme, self.places[locality].next(), members, assets, HANDED_OVER_ON)

    def _joined(self) -> dt.date:
        """The first of a month: in the window for some, in the years before for most."""
        rng = self.rng
        if rng.random() < JOINED_IN_WINDOW:
            return rng.choice(MONTHS[1:])
        year = min(2013 + int(12 * rng.random() ** 0.6), 2024)
        return dt.date(year, rng.randint(1, 10), 1)

    def _number(self, families: list[Family]) -> None:
        person = 1
        for serial, family in enumerate(families, 1):
            family.number(serial, person)
            person += len(family.members)


class Places:
    """按大小轮到各村: 先每村一户, 再按权重。"""

    def __init__(self, villages: list[tuple[str, str]], locality: str, rng: Random) -> None:
        codes = [code for code, name in villages if locality == "rural" or is_community(name)]
        names = dict(villages)
        weights = [rng.lognormvariate(0, 0.45) * _share(names[code], locality) for code in codes]
        self._first = iter(rng.sample(codes, len(codes)))
        # Drawn in blocks: choices() is slow one at a time.
        self._draw = lambda: rng.choices(codes, weights=weights, k=2048)
        self._block: list[str] = []

    def next(self) -> str:
        """下一户落在哪个村。"""
        first = next(self._first, None)
        if first is not None:
            return first
        if not self._block:
            self._block = self._draw()
        return self._block.pop()


def is_community(name: str) -> bool:
    """居委会 (社区), 不是村。"""
    return any(word in name for word in COMMITTEE_OF_RESIDENTS)


def _share(name: str, locality: str) -> float:
    """Communities have few rural households, villages no urban ones."""
    return 1.0 if locality == "urban" or not is_community(name) else 0.2


def _only_pension(member: Member) -> None:
    if member.age > 60:
        member.incomes.append(Income("basic_pension", 153_600))
