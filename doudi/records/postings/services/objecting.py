"""Take what anybody says against a household: within the term an objection, after it a tip. Nothing is turned away."""

import datetime as dt
from typing import Any

from django.db import transaction

from doudi.law import clocks
from doudi.records.audit.services import record
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.people.models import Household
from doudi.records.people.queries import relatives_of
from doudi.records.policies.queries import calendar, parameters, scheme
from doudi.records.postings.models import BoxOpening, Objection, Posting
from doudi.records.staff.models import Role, User
from doudi.records.staff.presence import require_present
from doudi.store.numbers import next_number

NUMBERS = {Objection.Kind.OBJECTION: "YY", Objection.Kind.TIP: "JB"}


@transaction.atomic
def object_to(
    *,
    posting: Posting,
    channel: str,
    text: str,
    contact: str,
    on: dt.date,
    by: User | None = None,
    box: BoxOpening | None = None,
) -> Objection:
    """对一次公示提出意见: 期内的是异议, 期满或撤下之后的按举报受理, 一条也不丢。依据: 民发〔2021〕57号 第十九条"""
    if by:
        check_taker(posting.case.household, by)
    in_term = posting.posted_on <= on <= posting.until_on and not posting.withdrawn_on
    kind = Objection.Kind.OBJECTION if in_term else Objection.Kind.TIP
    case = posting.case if in_term else _open_case(posting.case.household) or posting.case
    return _take(
        kind=kind,
        household=posting.case.household,
        case=case,
        posting=posting,
        box=box,
        channel=channel,
        text=text,
        contact=contact,
        on=on,
        by=by,
    )


@transaction.atomic
def report(
    *,
    household: Household,
    channel: str,
    text: str,
    contact: str,
    on: dt.date,
    by: User | None = None,
    box: BoxOpening | None = None,
) -> Objection:
    """对一户 (在册的、在办的) 的举报; 实名的有答复期限。依据: 民发〔2021〕57号 第三十七条"""
    if by:
        check_taker(household, by)
    return _take(
        kind=Objection.Kind.TIP,
        household=household,
        case=_open_case(household),
        posting=None,
        box=box,
        channel=channel,
        text=text,
        contact=contact,
        on=on,
        by=by,
    )


def check_taker(household: Household, by: User) -> None:
    """乡镇经办、在岗、本辖区、与这家没有近亲属备案。Raises NotYourDuty, AwayNow, OutsideYourArea, MustRecuse."""
    if by.role != Role.CLERK:
        raise cases.NotYourDuty(f"{by.get_role_display()}不收、不查异议, 请当事人联系乡镇")
    require_present(by)
    if not Household.objects.visible_to(by).filter(pk=household.pk).exists():
        raise cases.OutsideYourArea("这一户不在您的辖区")
    if relatives_of(household.pk).filter(user=by).exists():
        raise cases.MustRecuse("您与这家有近亲属备案, 应当回避, 请交由他人办理")


def _open_case(household: Household) -> Case | None:
    return Case.objects.open().filter(household=household).order_by("-pk").first()


def _take(*, kind: str, household: Household, case: Case | None, on: dt.date, **said: Any) -> Objection:
    by, contact = said.pop("by"), said.pop("contact").strip() or None
    objection = Objection.objects.create(
        no=f"{NUMBERS[Objection.Kind(kind)]}{on:%Y%m}-{next_number(f'objection-{on:%Y%m}'):04}",
        kind=kind,
        household=household,
        village_id=household.village_id,
        case=case,
        received_on=on,
        due_on=_due_on(kind, household, case, bool(contact), on),
        contact=contact,
        **said,
    )
    about = f"case:{case.pk}" if case else f"household:{household.pk}"
    record(by=by or said["channel"], action=f"posting.{kind}", subject=about, no=objection.no)
    return objection


def _due_on(kind: str, household: Household, case: Case | None, named: bool, on: dt.date) -> dt.date | None:
    """An objection's clock where the pack has one; a tip's only where there is somebody to answer."""
    if kind == Objection.Kind.TIP and not named:
        return None
    rules, book = parameters(household.village_id, on), scheme(case.scheme).rulebook if case else ""
    code = clocks.first_given((str(kind),), book, rules)
    return clocks.deadline(code, on, rules, calendar()).due_on if code else None
