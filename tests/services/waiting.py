"""Families at the county's door: each filed, surveyed, posted, signed through the real services."""

import datetime as dt

from django.utils import timezone

from doudi.records.cases.models import Case
from doudi.records.decisions import services as decisions
from doudi.records.intake import services as intake
from doudi.records.people.services import FactDraft, Member
from doudi.records.policies.models import PolicyValue
from doudi.records.staff.models import User
from doudi.store.today import move_to
from tests.services import golden_family as golden
from tests.services import test_road as road


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


def law(path: str, value: str, unit: str, label: str = "") -> PolicyValue:
    """The county's own value of one parameter, as if two had signed it long ago."""
    return PolicyValue.objects.create(
        path=path, area_code=golden.COUNTY[:6], value=value, unit=unit, label=label or path, document="测试",
        since=dt.date(2024, 1, 1), set_by="a", signed_by="b", at=timezone.now(),
    )  # fmt: skip


def draft(place: int) -> object:
    """The place-th family: one head who lives alone on a small income."""
    return golden.draft(
        members=(
            Member(name=f"户主{place:03}", id_number=golden.number("19700101", place), relation="head"),
        ),
        facts=(
            (None, FactDraft(kind="income_stable", number=0)),
            (0, FactDraft(kind="able_to_work", number=0)),
            (0, FactDraft(kind="income", code="crops", amount_fen=100_000 + 1_000 * place)),
            (None, FactDraft(kind="asset", code="house")),
        ),
        address=f"寄料村 {place} 号",
        phone=f"1000001{place:04}",
        account=f"62990000000010{place:05}",
    )


def signed(place: int, staff: dict[str, User]) -> Case:
    """The place-th family, sent up to the county on 2026-09-28."""
    case = intake.submit(by=staff["cun"], draft=draft(place), channel="village", on=day("09-14"))
    return road.signed(case, staff)


def granted(place: int, staff: dict[str, User], on: str = "10-12") -> Case:
    """The place-th family, confirmed by shenpi."""
    case = signed(place, staff)
    decisions.confirm(case=case, by=staff["shenpi"], on=day(on))
    return Case.objects.get(pk=case.pk)


def moved(text: str) -> dt.date:
    """Move the office to a day of 2026."""
    on = day(text)
    move_to(on)
    return on
