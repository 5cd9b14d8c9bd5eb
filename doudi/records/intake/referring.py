"""What another place must answer: referrals to other departments, inquiries where a member is registered."""

import datetime as dt

from django.db import transaction

from doudi.law.duties import duties_of
from doudi.records.audit.services import record
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.intake.models import HukouInquiry, Referral
from doudi.records.people.models import Household, Person
from doudi.records.staff.models import User
from doudi.store.numbers import next_number
from doudi.store.refusal import Refusal


class NotYours(Refusal):
    """不在职权范围内, 或岗位不办理转介。"""


class DueInThePast(Refusal):
    """答复期限不能早于转出的日子。"""


class AlreadyAnswered(Refusal):
    """已经登记过答复。"""


class NotAMember(Refusal):
    """这个人不在申请家庭里。"""


class AlreadyAsked(Refusal):
    """这名成员已经登记过户籍地协查。"""


class NobodyRegisteredHere(Refusal):
    """没有一名成员的户籍在本县, 要写明由本县受理的依据。"""


@transaction.atomic
def refer(
    *, by: User, household: Household, department: str, matter: str, due_on: dt.date, on: dt.date,
    case: Case | None = None,
) -> Referral:  # fmt: skip
    """把一件事转给有关部门, 给单号和答复期限; 案件照常办理。Raises NotYours, DueInThePast. 依据: 649号令 第五十七条"""
    _may_refer(by, household)
    if due_on < on:
        raise DueInThePast("答复期限不能早于今天, 请改日期")
    sent = Referral.objects.create(
        no=f"ZJ-{on:%Y}-{next_number(f'referral-{on:%Y}'):05}", household=household, case=case,
        department=department, matter=matter, sent_on=on, due_on=due_on, sent_by=by.username,
    )  # fmt: skip
    if case is not None:
        title = f"转介{sent.get_department_display()}"
        cases.do(case=case, by=by, duty="accept", title=title, on=on, note=matter)
    else:
        record(by=by, action="intake.refer", subject=f"household:{household.pk}", no=sent.no)
    return sent


@transaction.atomic
def answer_referral(*, referral: Referral, by: User, state: str, answer: str, on: dt.date) -> Referral:
    """登记有关部门的答复, 或写明理由撤回。Raises AlreadyAnswered, NotYours."""
    held = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    _may_refer(by, held.household)
    if held.state != Referral.State.SENT:
        raise AlreadyAnswered(f"转介 {held.no} 已登记答复")
    held.state, held.answer, held.answered_on, held.answered_by = state, answer, on, by.username
    held.save(update_fields=["state", "answer", "answered_on", "answered_by"])
    record(
        by=by,
        action="intake.referral_answer",
        subject=f"household:{held.household_id}",
        no=held.no,
        state=state,
    )
    return held


def _may_refer(by: User, household: Household) -> None:
    if "accept" not in duties_of(by.role):
        raise NotYours(f"{by.get_role_display()}不办理转介")
    if not Household.objects.visible_to(by).filter(pk=household.pk).exists():
        raise NotYours("这一户不在您的辖区, 请当地办理")


@transaction.atomic
def ask_hukou(
    *, case: Case, by: User, person: Person, county: str, same_province: bool, on: dt.date, basis: str = ""
) -> HukouInquiry:
    """登记一名成员户籍在哪个县, 向那里发函协查。

    One member registered here is enough for this county to accept; where nobody is, the basis must be given: the
    province's own rule, or a residence permit where such applications are opened. Raises NotAMember, AlreadyAsked,
    NobodyRegisteredHere. 依据: 民发〔2021〕57号 第五条
    """
    case = cases.locked(case)
    members = set(case.household.memberships.filter(until_on=None).values_list("person_id", flat=True))
    if person.pk not in members:
        raise NotAMember(f"{person.name} 不在这一户里, 请先核对家庭成员")
    if case.hukou_inquiries.filter(person=person).exists():
        raise AlreadyAsked(f"{person.name} 的户籍地已经登记过")
    elsewhere = set(case.hukou_inquiries.values_list("person_id", flat=True)) | {person.pk}
    if members <= elsewhere and not basis.strip():
        raise NobodyRegisteredHere(
            "全家没有一人的户籍在本县: 应到任一成员的户籍地申请; 按本省规定或居住证由本县受理的, 请写明依据"
        )
    title = "外地户籍, 发函协查"
    cases.do(case=case, by=by, duty="accept", title=title, on=on, note=f"{person.name}: {county}")
    return HukouInquiry.objects.create(
        case=case, person=person, county=county, same_province=same_province, basis=basis.strip(), asked_on=on,
        asked_by=by.username,
    )  # fmt: skip


@transaction.atomic
def answer_hukou(*, inquiry: HukouInquiry, by: User, answer: str, on: dt.date) -> HukouInquiry:
    """登记户籍地的答复。Raises AlreadyAnswered."""
    case = cases.locked(inquiry.case)
    held = HukouInquiry.objects.select_for_update(of=("self",)).get(pk=inquiry.pk)
    if held.answered_on:
        raise AlreadyAnswered(f"{held.county}的答复已登记")
    cases.do(
        case=case, by=by, duty="accept", title="户籍地答复协查", on=on, note=f"{held.person.name}: {answer}"
    )
    held.answer, held.answered_on = answer, on
    held.save(update_fields=["answer", "answered_on"])
    return held
