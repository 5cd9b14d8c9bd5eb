"""Published monthly figures come out of our own statistics: sums, cross-footing, averages (W-14, W-30, W-31, W-32).

A published row says persons and money; it is spread here over a handful of families in two townships, whose shares
are drawn by a printed seed and add up to it.
"""

import datetime as dt
import random

import pytest

from doudi.law.units import FEN, show
from doudi.records.areas.models import Area
from doudi.records.awards.models import Award
from doudi.records.ledger import accounts
from doudi.records.ledger.queries import balances
from doudi.records.ledger.services import post
from doudi.records.reports.queries import SchemeRow, by_township, statistics
from tests.services import factories
from tests.services.golden_family import COUNTY, VILLAGE, county

pytestmark = pytest.mark.django_db

SEED = 20231101
MONTH = 202611
HOMES = 12
SECOND = "410482102000"


@pytest.fixture(autouse=True)
def two_townships() -> str:
    """The golden township and a second one, each with a village."""
    county()
    Area.objects.create(code=SECOND, name="温泉镇", level="township", parent_id=COUNTY)
    return Area.objects.create(code="410482102200", name="测试村", level="village", parent_id=SECOND).code


def shares(total: int, rng: random.Random) -> list[int]:
    """HOMES numbers of at least one that add up to the total."""
    cuts = sorted(rng.sample(range(1, total), HOMES - 1))
    return [after - before for before, after in zip([0, *cuts], [*cuts, total], strict=True)]


def publish(scheme: str, persons: int, fen: int, second: str, rng: random.Random) -> None:
    """Awards in force that add up to a published row."""
    half = HOMES // 2
    homes = factories.households(factories.persons(half), VILLAGE)
    homes += factories.households(factories.persons(HOMES - half), second)
    rows = zip(homes, shares(persons, rng), shares(fen, rng), strict=True)
    Award.objects.bulk_create(
        Award(
            no=f"P{home.pk:09}", scheme=scheme, household=home, payee_id=home.head_id, village_id=home.village_id,
            persons=people, amount_fen=money, from_on=dt.date(2026, 1, 1),
        )
        for home, people, money in rows
    )  # fmt: skip


def published(rows: dict[str, tuple[int, int]], second: str) -> dict[str, SchemeRow]:
    """Our statistics of these rows; townships add up to the county in persons and money."""
    rng = random.Random(SEED)
    for scheme, (persons, fen) in rows.items():
        publish(scheme, persons, fen, second, rng)
    found = {one.id: one for one in statistics(MONTH, COUNTY).schemes}
    places = by_township(MONTH, COUNTY)
    for scheme, (persons, fen) in rows.items():
        mine = [place for place in places if place.scheme == scheme]
        assert len(mine) == 2, SEED
        assert (sum(p.persons for p in mine), sum(p.amount_fen for p in mine)) == (persons, fen), SEED
        assert (found[scheme].persons, found[scheme].amount_fen) == (persons, fen), SEED
    return found


def test_w14_total_and_averages_of_a_price_subsidy(two_townships: str) -> None:
    """今日房县 2019-07-08: three groups, their total and what each person got."""
    rows = {
        "dibao_rural": (32_197, 93_974_100),
        "tekun_rural": (4_777, 19_108_000),
        "dibao_urban": (110, 880_000),
    }
    found = published(rows, two_townships)
    assert show(sum(one.amount_fen for one in found.values()), FEN) == "1,139,621.00 元"
    assert [show(found[scheme].average_fen, FEN) for scheme in rows] == ["29.19 元", "40.00 元", "80.00 元"]


def test_w30_a_city_s_month(two_townships: str) -> None:
    """长春 2023-11: money in 万元 to two places, averages to the yuan."""
    rows = {
        "dibao_urban": (53_734, 4_226_280_000),
        "dibao_rural": (102_519, 3_323_960_000),
        "tekun_urban": (2_507, 379_450_000),
        "tekun_rural": (24_525, 2_069_260_000),
    }
    found = published(rows, two_townships)
    dibao = [found["dibao_urban"], found["dibao_rural"]]
    tekun = [found["tekun_urban"], found["tekun_rural"]]
    assert (sum(one.persons for one in dibao), sum(one.amount_fen for one in dibao)) == (
        156_253,
        7_550_240_000,
    )
    assert (sum(one.persons for one in tekun), sum(one.amount_fen for one in tekun)) == (
        27_032,
        2_448_710_000,
    )
    averages = {scheme: (one.average_fen + 50) // 100 for scheme, one in found.items()}
    assert averages == {"dibao_urban": 787, "dibao_rural": 324, "tekun_urban": 1514, "tekun_rural": 844}


def test_w31_town_and_country_add_up(two_townships: str) -> None:
    """杭州市余杭区 2024-11: persons in town and in the country, and both together."""
    rows = {"dibao_rural": (5_919, 100_000), "dibao_urban": (616, 100_000), "tekun_rural": (68, 100_000)}
    found = published(rows | {"tekun_urban": (14, 100_000)}, two_townships)
    assert found["dibao_rural"].persons + found["dibao_urban"].persons == 6_535
    assert found["tekun_rural"].persons + found["tekun_urban"].persons == 82


def test_w32_a_fund_s_sources_add_up_to_what_it_holds() -> None:
    """滁州 2023-02-07: 80 societies at 30,000 each hold what the county (800,000) and donations (1,600,000) gave."""
    on = dt.date(2026, 2, 7)
    county_grant, donations = accounts.GRANTS["county"], accounts.OPENING
    entries = [
        (accounts.CASH, "D", 240_000_000, None),
        (county_grant, "C", 80_000_000, None),
        (donations, "C", 160_000_000, None),
    ]
    post(key="fund:2023", kind=accounts.GRANT, on=on, memo="互助资金", entries=entries)
    held = balances(on)
    assert abs(held[accounts.CASH]) == 80 * 3_000_000
    assert abs(held[county_grant]) + abs(held[donations]) == abs(held[accounts.CASH])
