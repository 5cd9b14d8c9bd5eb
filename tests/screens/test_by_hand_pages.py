"""Paid by hand, on pages: the list, the sheet to sign, the receipt with a witness who gives his own password."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from doudi.records.payments import services
from doudi.records.payments.in_person import by_hand
from doudi.records.payments.models import Interception, PayrollRun
from doudi.records.staff.models import Role, User
from doudi.store.today import move_to
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of
from tests.services import factories
from tests.services import golden_family as golden

pytestmark = pytest.mark.django_db
READERS = {"caiwu", "fuhe", "pizhun", "juzhang", "shenji"}
PASSWORD = "a-password-of-the-tests"


@pytest.fixture
def run(staff: dict[str, User]) -> PayrollRun:
    """One household with a card, one without: the second is paid by hand; the rest is with the bank."""
    move_to(dt.date(2026, 11, 5))
    staff["jingban"].set_password(PASSWORD)
    staff["jingban"].save()
    factories.receiving(1, fen=10_000)
    factories.grants(factories.households(factories.persons(1)), [20_000])
    made = services.build(scheme="dibao_rural", month=202611, by=staff["caiwu"])
    services.resolve(Interception.objects.get(), "by_hand", "没有银行卡", staff["fuhe"])
    services.lock(made, staff["caiwu"])
    services.approve(made, 1, staff["fuhe"])
    services.approve(made, 2, staff["pizhun"])
    services.export(made, "csv", staff["pizhun"])
    return services.hand_over(made, staff["pizhun"])


def signed(browser: Client, pk: int, witness: User, **changes: Any) -> str:
    url = reverse("hand_sign", args=[pk])
    page = browser.get(url)
    form = page.context["form"]
    picture = SimpleUploadedFile("lingkuan.jpg", golden.photo(), "image/jpeg")
    given = {
        "key": str(form["key"].value()), "signed_on": "2026-11-05", "signed_by": form["signed_by"].value(),
        "proof": picture, "witness": str(witness.pk), "password": PASSWORD,
    } | changes  # fmt: skip
    return text_of(browser.post(url, given, follow=True).content.decode())


@pytest.mark.parametrize("role", list(Role))
def test_who_may_see_what_is_paid_by_hand(role: str, sign_in: SignIn) -> None:
    answer = sign_in(role).get(reverse("hand_payments"))
    assert answer.status_code == (200 if role in READERS else 403)
    if answer.status_code == 200:
        assert "没有当面发放的" in text_of(answer.content.decode())


def test_the_list_the_sheet_and_the_receipt(run: PayrollRun, sign_in: SignIn, staff: dict[str, User]) -> None:
    payer, line = sign_in("caiwu"), by_hand.hand_lines(run).get()
    assert "等签收" in text_of(payer.get(reverse("hand_payments")).content.decode())
    assert payer.get(reverse("payroll_hand_sheet", args=[run.pk])).content[:5] == b"%PDF-"
    assert 'value="2026-11-05"' in payer.get(reverse("hand_sign", args=[line.pk])).content.decode()
    assert "见证人的口令不对" in signed(payer, line.pk, staff["jingban"], password="x")
    assert "代领的请勾选代领" in signed(payer, line.pk, staff["jingban"], signed_by="别人")
    assert "已登记领款签收" in signed(payer, line.pk, staff["jingban"], signed_by="别人", is_agent="on")
    told = text_of(sign_in("shenji").get(reverse("hand_payments")).content.decode())
    assert "已领" in told
    assert line.payee.name not in told


def test_what_the_bank_has_is_not_signed_for_here(run: PayrollRun, sign_in: SignIn) -> None:
    with_bank = run.lines.exclude(account_bi=None).get()
    assert sign_in("caiwu").get(reverse("hand_sign", args=[with_bank.pk])).status_code == 404
    assert sign_in("fuhe").get(reverse("hand_sign", args=[with_bank.pk])).status_code == 403
