"""A card kept by somebody else: by written agreement, filed with the county by another, ended with a reason."""

import datetime as dt

from django.db import transaction

from doudi.exchange.pictures import BadPicture, cleaned
from doudi.law import identity
from doudi.records.audit.services import hold_chain, record
from doudi.records.payments.duties import require
from doudi.records.payments.in_person.refusals import (
    AgreementMissing,
    CustodianUnreadable,
    CustodyEnded,
    CustodyFiledByAnother,
    CustodyRunning,
    NotHouseholdsPerson,
)
from doudi.records.payments.models import Custody
from doudi.records.payments.recovery.refusals import GroundMissing, RelativeOfTheirs
from doudi.records.people.models import Household, Person
from doudi.records.people.queries import relatives_of
from doudi.records.staff.models import User
from doudi.store.kept import keep
from doudi.store.today import today


@transaction.atomic
def record_custody(
    *,
    household: Household,
    person: Person,
    custodian: str,
    custodian_id: str,
    relation: str,
    from_on: dt.date,
    agreement: bytes,
    by: User,
) -> Custody:
    """登记存折代管: 谁替谁保管, 附书面协议的照片; 等县级备案。依据: 民发〔2021〕57号 第二十六条

    Raises DutyNotYours, AwayNow, NotHouseholdsPerson, RelativeOfTheirs, CustodianUnreadable, AgreementMissing,
    CustodyRunning.
    """
    require("登记存折代管", by)
    hold_chain()  # one at a time: the second of two finds the first
    _require_may(household, by)
    number = _custodian(custodian, custodian_id, person)
    if not household.memberships.filter(person=person, until_on=None).exists():
        raise NotHouseholdsPerson(person.name, household.no)
    if not relation.strip():
        raise CustodianUnreadable("请写代管人是持卡人的什么人")
    if from_on > today():
        raise CustodianUnreadable("代管的起日还没有到")
    if Custody.objects.filter(person=person, until_on=None).exists():
        raise CustodyRunning(person.name)
    file = keep(_picture(agreement), media_type="image/jpeg", title="存折代管协议", by=by.username)
    made = Custody.objects.create(
        person=person, custodian=identity.canonical_name(custodian), custodian_id=number,
        relation=relation.strip(), agreement=file, from_on=from_on, recorded_by=by,
    )  # fmt: skip
    record(by=by, action="custody.record", subject=made, household=household.no, custodian=made.custodian,
           person=person.pk, relation=made.relation, since=from_on, agreement=file.pk)  # fmt: skip
    return made


def _require_may(household: Household, by: User) -> None:
    if not Household.objects.visible_to(by).filter(pk=household.pk).exists():
        raise NotHouseholdsPerson("这一户", "您的辖区")
    if relatives_of(household.pk).filter(user=by).exists():
        raise RelativeOfTheirs(household.no)


def _custodian(name: str, number: str, person: Person) -> str:
    if not identity.canonical_name(name):
        raise CustodianUnreadable("请写代管人的姓名")
    try:
        found = identity.parse(number, on=today()).number
    except identity.BadIdentity as wrong:
        raise CustodianUnreadable(f"代管人的{wrong.text}") from None
    if found == identity.for_matching(str(person.id_number)):
        raise CustodianUnreadable("代管人就是持卡人本人, 不用登记代管")
    return found


def _picture(agreement: bytes) -> bytes:
    if not agreement:
        raise AgreementMissing
    try:
        return cleaned(agreement)
    except BadPicture as wrong:
        raise CustodianUnreadable(str(wrong)) from None


@transaction.atomic
def file_custody(custody: Custody, household: Household, by: User) -> Custody:
    """县级备案: 由登记人以外的县级审批看过协议之后办。再办一次不起作用。

    Raises DutyNotYours, AwayNow, RelativeOfTheirs, CustodyEnded, CustodyFiledByAnother.
    """
    require("备案存折代管", by)
    _require_may(household, by)
    held = _held(custody)
    if held.filed_by_id == by.pk:
        return held
    if held.filed_by_id or held.recorded_by_id == by.pk:
        raise CustodyFiledByAnother
    held.filed_by, held.filed_on = by, today()
    held.save(update_fields=["filed_by", "filed_on"])
    record(by=by, action="custody.file", subject=held)
    return held


@transaction.atomic
def end_custody(custody: Custody, household: Household, reason: str, by: User) -> Custody:
    """结束代管: 存折交还本人或换人代管, 写明缘由。

    Raises DutyNotYours, AwayNow, RelativeOfTheirs, GroundMissing, CustodyEnded.
    """
    require("结束存折代管", by)
    _require_may(household, by)
    if not reason.strip():
        raise GroundMissing("结束代管")
    held = _held(custody)
    held.until_on = today()
    held.save(update_fields=["until_on"])
    record(by=by, action="custody.end", subject=held, reason=reason.strip())
    return held


def _held(custody: Custody) -> Custody:
    held = Custody.objects.select_for_update(of=("self",)).get(pk=custody.pk)
    if held.until_on is not None:
        raise CustodyEnded(held.until_on.isoformat())
    return held
