"""Assess how far a person manages alone, settle how he is supported, write down what those who owe him can do."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from doudi.law.duties import ROLES
from doudi.law.entities import OBLIGOR, OBLIGOR_MEMBER, Entity
from doudi.law.identity import normalise
from doudi.law.schemes.tekun import TEKUN
from doudi.law.schemes.tekun_inputs import ADL, FORMS
from doudi.records.awards.models import Award
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.checks.abilities import applicants, latest_abilities
from doudi.records.checks.ability import AbilityAssessment, ObligorMeans, SupportPlan
from doudi.records.people import services as people
from doudi.records.people.models import Obligor, Person
from doudi.records.people.queries import account_of
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal


class OneAssessor(Refusal):
    """自理能力评估至少两人。"""


class NotAnApplicant(Refusal):
    """这个人不在申请供养的人里。"""


class ReassessedWithoutCause(Refusal):
    """再次评估要写原因。"""


class NoInstitution(Refusal):
    """集中供养要写明机构。"""


class AccountPaysNow(Refusal):
    """正在领钱的账户不在这里换。"""


class UnknownAnswer(Refusal):
    """义务人情况里有规则书没有的一项。"""


@transaction.atomic
def assess_ability(
    *,
    case: Case,
    by: User,
    second: User,
    person: Person,
    failed: Mapping[str, bool],
    on: dt.date,
    cause: str = "",
) -> AbilityAssessment:
    """自理能力评估: 六项逐项记, 两人评估; 再评要写原因。`failed`: 录入名 → 不能达到。

    Raises OneAssessor, NotAnApplicant, ReassessedWithoutCause. 依据: 民发〔2021〕43号 第二十条至第二十三条
    """
    case = cases.locked(case)
    cases.require_station(case, "survey", "review")
    if by.pk == second.pk:
        raise OneAssessor("自理能力评估至少两人, 请填写另一名评估人")
    _require_applicant(case, person)
    if person.pk in latest_abilities(case) and not cause.strip():
        raise ReassessedWithoutCause(f"{person.name}已经评估过, 再次评估请写明原因")
    for assessor in (by, second):
        duty = "visit" if "visit" in ROLES[assessor.role].duties else "survey"
        cases.do(case=case, by=assessor, duty=duty, title=f"自理能力评估: {person.name}", on=on, note=cause)
    items = {name: bool(failed[name]) for name in ADL}
    return AbilityAssessment.objects.create(
        case=case, person=person, first=by, second=second, cause=cause.strip(), on=on, by=by.username, **items
    )


@transaction.atomic
def plan_support(
    *, case: Case, by: User, person: Person, form: str, on: dt.date, institution: str = "", carer: str = "",
    bank: str = "", account: str = "", shared: str = "",
) -> SupportPlan:  # fmt: skip
    """选定供养方式: 本人定集中还是分散, 照料人或机构, 钱到本人的卡或机构的账户 (户名记机构)。

    `shared` is why the card of another household is to be used. Raises NoInstitution, NotAnApplicant, AccountPaysNow,
    CardOfAnotherHousehold. 依据: 649号令 第十九条
    """
    case = cases.locked(case)
    cases.require_station(case, "survey", "review")
    _require_applicant(case, person)
    if form == "centralised" and not institution.strip():
        raise NoInstitution("集中供养的, 请写明供养服务机构的名称")
    title = f"选定供养方式: {person.name}{FORMS[form]}"
    cases.do(case=case, by=by, duty="survey", title=title[:80], on=on)
    if account:
        holder = institution.strip() if form == "centralised" else person.name
        _require_not_paid_there(person, account, on)
        if form != "centralised":
            people.require_own_card(by=by, person=person, number=account, reason=shared)
        people.set_account(by=by, person=person, bank=bank, number=account, holder_name=holder, on=on)
    return SupportPlan.objects.create(
        case=case, person=person, form=form, institution=institution.strip(), carer=carer.strip(), on=on,
        by=by.username,
    )  # fmt: skip


def _require_not_paid_there(person: Person, account: str, on: dt.date) -> None:
    """One clerk alone never turns a payment that is running to another card."""
    used = account_of(person)
    paid = Award.objects.filter(Q(closing=None) | Q(closing__ends_on__gt=on), payee=person)
    if used and used.number != normalise(account) and paid.exists():
        raise AccountPaysNow(
            f"{person.name}正在用尾号 {used.last4} 的账户领钱, 账号请空着; 换账户请报“变更领款账户”变动, 由另一人核实"
        )


def _require_applicant(case: Case, person: Person) -> None:
    if person.pk not in {one.person_id for one in applicants(case)}:
        raise NotAnApplicant(f"{person.name}不是这件申请里要供养的人")


@transaction.atomic
def tell_means(
    *, case: Case, by: User, obligor: Obligor, family: Mapping[str, Any], own: Mapping[str, Any], others: int,
    others_fen: int, evidence: str, on: dt.date,
) -> ObligorMeans:  # fmt: skip
    """登记义务人家的情况: 有没有裁判协议、给不给赡养费, 本人的收入、年龄、残疾等; 改了另记一次。

    `family`, `own`: 规则书的录入名 → 值; 与通常值相同的不用写。Raises UnknownAnswer. 依据: 民发〔2021〕43号 第八条
    """
    case = cases.locked(case)
    cases.require_station(case, "accept", "survey", "review")
    duty = "accept" if case.station == "accept" else "survey"
    _require_known(OBLIGOR, family)
    _require_known(OBLIGOR_MEMBER, own)
    cases.do(case=case, by=by, duty=duty, title=f"登记义务人情况: {obligor.name}", on=on, note=evidence)
    return ObligorMeans.objects.create(
        obligor=obligor, family=dict(family), own=dict(own), others=others, others_fen=others_fen,
        evidence=evidence, on=on, by=by.username,
    )  # fmt: skip


def _require_known(entity: Entity, told: Mapping[str, Any]) -> None:
    known = {item.name: item for item in TEKUN.inputs.values() if item.entity is entity}
    for name, value in told.items():
        item = known.get(name)
        if (
            item is None
            or type(value) is not item.kind
            or (item.names is not None and value not in item.names)
        ):
            raise UnknownAnswer(f"“{item.label if item else name}”的值不合要求, 请重新填写")
