"""The raise on its pages: begun, looked through, one left out, signed with a password, done."""

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from doudi.records.awards.models import Award
from doudi.records.decisions.models import Decision, StandardRaise
from doudi.records.decisions.services import raising
from doudi.records.jobs import services as jobs
from doudi.records.people.models import Membership
from doudi.records.staff.models import Role, User
from doudi.store.today import today
from tests.screens.conftest import SignIn
from tests.screens.typed import fields, text_of
from tests.services import factories
from tests.services import test_raising as raised

pytestmark = pytest.mark.django_db


@pytest.fixture
def awards(staff: dict[str, User]) -> list[Award]:
    """Three families on the roll and a new standard from November; it is the fifth."""
    factories.office(raised.DAY)
    return raised.receiving(3)


def opened(staff: dict[str, User]) -> StandardRaise:
    return raising.open_raise(
        proposal=raised.standard(staff),
        book="dibao",
        from_on=raised.SEPTEMBER,
        by=staff["shenpi"],
        on=today(),
    )


@pytest.mark.parametrize("role", list(Role))
def test_only_who_weighs_standards_reads_raises(role: str, staff: dict[str, User], sign_in: SignIn) -> None:
    expected = 200 if role in (Role.APPROVER, Role.DIRECTOR, Role.AUDITOR) else 403
    assert sign_in(role).get(reverse("raises")).status_code == expected


def test_without_a_signed_standard_there_is_nothing_to_begin(awards: list[Award], sign_in: SignIn) -> None:
    assert "还没有调标" in sign_in("juzhang").get(reverse("raises")).content.decode()
    assert "没有可以据以调标的新标准" in sign_in("shenpi").get(reverse("raise_new")).content.decode()


def test_begun_by_the_approver_and_signed_by_the_director(
    awards: list[Award], staff: dict[str, User], sign_in: SignIn
) -> None:
    raised.standard(staff)
    approver, director = sign_in("shenpi"), sign_in("juzhang")
    page = approver.get(reverse("raise_new")).content.decode()
    answer = approver.post(reverse("raise_new"), fields(page, "*", from_on="2026-09-01"))
    assert answer.status_code == 302
    here = answer["Location"]
    assert "正在核算" in approver.get(here).content.decode()
    jobs.run_queued()
    page = text_of(approver.get(here).content.decode())
    for said in ("随批提高", "3 户", "108.00 元", "等局领导签发", awards[0].household.no):
        assert said in page, said
    line = StandardRaise.objects.get().lines.order_by("pk").first()
    url = reverse("raise_line", args=[line.raising_id, line.pk])
    assert "624.00" in approver.get(url).content.decode()
    out = reverse("raise_leave_out", args=[line.raising_id, line.pk])
    refused = approver.post(out, fields(approver.get(out).content.decode(), "*", reason=""))
    assert "请填写" in refused.content.decode()
    approver.post(out, fields(approver.get(out).content.decode(), "*", reason="正在核实外出务工"))
    assert "正在核实外出务工" in approver.get(here + "?view=out").content.decode()
    staff["juzhang"].set_password("ruzhou-demo-2026")
    staff["juzhang"].save()
    director = sign_in("juzhang")
    sign = reverse("raise_sign", args=[line.raising_id])
    wrong = director.post(sign, fields(director.get(sign).content.decode(), "*", password="wrong"))
    assert "口令不对" in wrong.content.decode()
    done = director.post(sign, fields(director.get(sign).content.decode(), "*", password="ruzhou-demo-2026"))
    assert done["Location"] == here
    jobs.run_queued()
    page = text_of(director.get(here).content.decode())
    assert "已完成" in page
    assert "2 户, 每月增加 72.00 元" in page
    assert Decision.objects.filter(kind="raise").count() == 2


def test_what_waits_for_a_review_says_so(
    awards: list[Award], staff: dict[str, User], sign_in: SignIn
) -> None:
    (child,) = factories.persons(1)
    Membership.objects.create(
        household=awards[0].household, person=child, relation="child", from_on=dt.date(2026, 1, 1)
    )
    one = opened(staff)
    page = text_of(sign_in("juzhang").get(reverse("raise", args=[one.pk]) + "?view=changed").content.decode())
    assert "由乡镇立变更案办理" in page
    assert awards[0].household.no in page
    assert "没有“降低”的" in text_of(
        sign_in("shenji").get(reverse("raise", args=[one.pk]) + "?view=down").content.decode()
    )


def test_the_list_as_a_workbook_adds_up(awards: list[Award], staff: dict[str, User], sign_in: SignIn) -> None:
    one = opened(staff)
    answer = sign_in("shenpi").get(reverse("raise_xlsx", args=[one.pk]))
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
    assert any(row[0] == "合计" and row[9] in (108, 108.0, 10_800) for row in rows)


def test_withdrawn_it_can_be_begun_again(
    awards: list[Award], staff: dict[str, User], sign_in: SignIn
) -> None:
    one, approver = opened(staff), sign_in("shenpi")
    url = reverse("raise_withdraw", args=[one.pk])
    approver.post(url, fields(approver.get(url).content.decode(), "*"))
    one.refresh_from_db()
    assert one.state == "withdrawn"
    assert approver.get(url).status_code == 404
