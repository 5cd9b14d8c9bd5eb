"""What a place still lacks is listed at once, and only what is open and lacking is an error."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from doudi.records.areas.models import Area
from doudi.records.policies.queries import catalogue
from tests.services import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def office() -> None:
    factories.office()
    Area.objects.get_or_create(code="110101000000", defaults={"name": "东城区", "level": "county"})


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("missing_parameters", *arguments, stdout=out)
    return out.getvalue()


def test_the_demo_county_lacks_nothing_for_what_is_open() -> None:
    found = json.loads(told("--json", "--on", "2026-11-05"))
    assert (found["area"], found["on"]) == ("410482000000", "2026-11-05")
    schemes = {row["id"]: row for row in found["schemes"]}
    assert set(schemes) == {one.id for one in catalogue().schemes.values() if one.rulebook != "none"}
    assert not [row["id"] for row in schemes.values() if row["open"] and row["missing"]]
    assert schemes["disability_care"]["missing"] == []


def test_a_place_without_values_gets_the_whole_list_with_labels() -> None:
    with pytest.raises(
        CommandError, match=r"110101 在 2026-11-05 已开办而参数不齐: .*农村最低生活保障"
    ) as refused:
        told("--area", "110101", "--on", "2026-11-05")
    assert refused.value.returncode == 1
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("missing_parameters", "--area", "110101", "--on", "2026-11-05", stdout=out)
    assert "  农村低保年标准  dibao.standard.rural" in out.getvalue()
    assert "  高龄津贴月标准（按周岁）  allowance.old_age.by_age" in out.getvalue()


@pytest.mark.parametrize("wrong", [("--area", "999999"), ("--on", "2026-02-30")])
def test_wrong_usage_is_said_so(wrong: tuple[str, str]) -> None:
    with pytest.raises(CommandError) as refused:
        told(*wrong)
    assert refused.value.returncode == 2
