"""Cards kept by somebody else: who keeps whose, for how many households; and who is paid on another's card."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from doudi.law.masking import mask_identity
from doudi.records.awards.models import Award, Holding
from doudi.records.payments.models import Custody, PayLine, PayrollRun
from doudi.records.people.models import Household, Membership
from doudi.records.policies.queries import catalogue, parameters
from doudi.records.staff.models import User
from doudi.store.today import today

RELATED = ("person", "recorded_by", "filed_by", "agreement")


@dataclass(frozen=True, slots=True)
class Custodian:
    """替几户以上保管存折的人: 姓名、证件号 (遮着)、几户、替谁。"""

    name: str
    number: str
    households: int
    persons: tuple[str, ...]


def custodies_of(household: Household) -> QuerySet[Custody]:
    """一户成员的代管, 正在代管的在前。"""
    here = Membership.objects.filter(household=household, until_on=None).values("person")
    rows = Custody.objects.filter(person__in=here).select_related(*RELATED)
    return rows.order_by(F("until_on").desc(nulls_first=True), "-from_on", "-pk")


def custodies_seen_by(user: User) -> QuerySet[Custody]:
    """正在代管的, 在这个人的职权范围内; 还没有备案的在前。"""
    homes = Household.objects.visible_to(user).values("pk")
    mine = Membership.objects.filter(household__in=homes, until_on=None).values("person")
    rows = Custody.objects.filter(until_on=None, person__in=mine).select_related(*RELATED)
    return rows.order_by(F("filed_on").asc(nulls_first=True), "from_on", "pk")


def homes_of(rows: Iterable[Custody]) -> dict[int, Household]:
    """持卡人 → 现在的户。"""
    persons = {row.person_id for row in rows}
    found = Membership.objects.filter(person__in=persons, until_on=None)
    return {one.person_id: one.household for one in found.select_related("household__village__parent")}


def custodians_of_many(user: User) -> list[Custodian]:
    """正替很多户保管存折的人, 户数多的在前; 几户算多由政策参数定。依据: 财办〔2020〕37号"""
    most = int(parameters(settings.COUNTY, today()).value("pay.custody_households"))
    rows = list(custodies_seen_by(user))
    homes = homes_of(rows)
    kept: dict[bytes, list[Custody]] = defaultdict(list)
    for row in rows:
        kept[bytes(row.custodian_bi)].append(row)
    found = []
    for mine in kept.values():
        households = {homes[row.person_id].pk for row in mine if row.person_id in homes}
        if len(households) >= most:
            number = mask_identity(str(mine[0].custodian_id))
            names = tuple(row.person.name for row in mine)
            found.append(Custodian(mine[0].custodian, number, len(households), names))
    return sorted(found, key=lambda one: (-one.households, one.name))


def paid_on_anothers_card(user: User) -> QuerySet[Award]:
    """在发的待遇里一卡通不符的, 在这个人的职权范围内。"""
    others = on_anothers_card(Award.objects.visible_to(user).filter(closing=None))
    return others.select_related("household__head", "payee", "village__parent").order_by("village_id", "pk")


def on_anothers_card(awards: QuerySet[Award]) -> QuerySet[Award]:
    """一卡通不符的: 按户的没有发到户主, 按人发给本人的发到了别人; 监护人、供养机构的除外。依据: 财办〔2020〕37号"""
    schemes = catalogue().schemes.values()
    to_head = [one.id for one in schemes if one.payee == "head"]
    to_self = [one.id for one in schemes if one.payee in ("self", "self_or_institution")]
    holders = Holding.objects.filter(award=OuterRef("pk"))
    not_own = Exists(holders) & ~Exists(holders.filter(person=OuterRef("payee")))
    return awards.filter(
        Q(scheme__in=to_head) & ~Q(payee=F("household__head")) | Q(scheme__in=to_self) & not_own
    )


def kept_by_others(run: PayrollRun) -> QuerySet[Custody]:
    """这个批次的领款人里存折由别人代管的, 还没有备案的在前。"""
    payees = PayLine.objects.filter(run=run).exclude(interceptions__outcome="dropped").values("payee")
    rows = Custody.objects.filter(until_on=None, person__in=payees).select_related(*RELATED)
    return rows.order_by(F("filed_on").asc(nulls_first=True), "from_on", "pk")
