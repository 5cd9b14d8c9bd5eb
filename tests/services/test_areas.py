"""Any county of the list can be loaded; places know their path."""

import pytest

from doudi.records.areas import queries
from doudi.records.areas.models import Area
from doudi.records.areas.services import UnknownCounty, load_county

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("code", "name", "townships", "villages"),
    [("410482", "汝州市", 21, 466), ("510781", "江油市", 24, 253), ("220821", "镇赉县", 18, 158)],
)
def test_a_county_comes_with_everything_above_and_below(
    code: str, name: str, townships: int, villages: int
) -> None:
    county = load_county(code)
    assert (county.name, county.level) == (name, "county")
    assert queries.townships(county.code).count() == townships
    assert queries.villages(county.code).count() == villages
    assert len(queries.path_names(county.code)) == 3
    assert Area.objects.count() == 3 + townships + villages


def test_a_county_ruled_by_its_province_has_no_made_up_city() -> None:
    county = load_county("469021")  # 定安县, 省直辖
    assert county.name == "定安县"
    assert county.parent is not None
    assert county.parent.code[:2] == "46"


def test_loading_twice_changes_nothing() -> None:
    load_county("410482")
    before = list(Area.objects.order_by("code").values_list())
    load_county("410482")
    assert list(Area.objects.order_by("code").values_list()) == before


@pytest.mark.parametrize(
    "code", ["419999", "41048", "4104820", "abcdef", "410400", "410000", "", "４１０４８２"]
)
def test_a_code_that_is_no_county_is_refused(code: str) -> None:
    with pytest.raises(UnknownCounty):
        load_county(code)


def test_full_name_starts_at_the_county() -> None:
    load_county("410482")
    village = queries.villages("410482001000").first()
    assert village is not None
    assert queries.full_name(village.code) == f"汝州市煤山街道{village.name}"
    assert queries.full_names([village.code]) == {village.code: f"汝州市煤山街道{village.name}"}
    assert queries.full_name("410482000000").endswith("汝州市")


def test_children_are_in_code_order() -> None:
    load_county("410482")
    codes = [area.code for area in queries.children("410482000000")]
    assert codes == sorted(codes)
    assert len(codes) == 21
