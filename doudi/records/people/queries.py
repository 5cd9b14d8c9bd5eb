"""Who lives where, what is known of them, who is already known."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, When

from doudi.law import identity
from doudi.records.people.models import Account, Fact, Household, Membership, Obligor, Person, Relative
from doudi.records.staff.models import User
from doudi.store.fields import index_value

SEARCHED = 2_000  # homes in the area one name may lead to; more than that is a reason to type more of it


def members_on(household: Household, on: dt.date) -> QuerySet[Membership]:
    """某日在这一户里的人, 户主在前。"""
    here = Q(from_on__lte=on) & (Q(until_on=None) | Q(until_on__gt=on))
    rows = household.memberships.filter(here).select_related("person")
    return rows.order_by(Case(When(relation=Membership.Relation.HEAD, then=0), default=1), "pk")


def facts_of(household: Household) -> QuerySet[Fact]:
    """这一户现在有效的事实。"""
    return household.facts.filter(replaced_by=None, void=False).select_related("person").order_by("pk")


def obligors_of(household: Household) -> QuerySet[Obligor]:
    """这一户现有的赡养抚养扶养义务人。"""
    return household.obligors.filter(until_on=None).order_by("pk")


def relatives_of(household_id: int) -> QuerySet[Relative]:
    """这一户的人里, 谁是哪位工作人员或村干部的近亲属 (或本人); 撤销的不算。"""
    return Relative.objects.in_force().filter(person__memberships__household=household_id)


def account_of(person: Person) -> Account | None:
    """现用的领款账户。"""
    return Account.objects.filter(person=person, until_on=None).first()


def anothers_card(person: Person, number: str) -> Account | None:
    """这个账号现在是另一户 (或没有登记在户的别人) 的卡: 那一条; 同一户合用的、没有人用的为空。"""
    homes = Membership.objects.filter(person=person, until_on=None).values("household")
    family = Membership.objects.filter(household__in=homes, until_on=None).values("person")
    same = Account.objects.filter(number_bi=index_value(Account, "number_bi", number), until_on=None)
    return (
        same.exclude(person=person).exclude(person__in=family).select_related("person").order_by("pk").first()
    )


def accounts_shared(numbers: list[bytes]) -> QuerySet[Account]:
    """这些账号里, 登记在不止一人名下的。"""
    doubled = (
        Account.objects.filter(number_bi__in=numbers, until_on=None)
        .values("number_bi")
        .annotate(holders=Count("person", distinct=True))
        .filter(holders__gt=1)
        .values("number_bi")
    )
    return Account.objects.filter(number_bi__in=doubled, until_on=None).order_by("pk")


def search(text: str, user: User) -> QuerySet[Household]:
    """按姓名、拼音首字母、证件号、证件后四位、电话或户编号找职权范围内的户。

    Persons first, then their homes within the area: each question is answered by an index, whatever the county's size.
    """
    text = text.strip()
    if not text:
        return Household.objects.none()
    mine = Household.objects.visible_to(user)
    # Asked of each home found, not the other way round: a county's homes are many, those of one name are few.
    here = Exists(mine.filter(pk=OuterRef("household")))
    theirs = Membership.objects.filter(here, person__in=_persons(text))
    own = mine.filter(Q(no=text) | Q(phone_bi=index_value(Household, "phone_bi", text)))
    homes = {
        *theirs.order_by("household").values_list("household", flat=True)[:SEARCHED],
        *own.order_by("pk").values_list("pk", flat=True)[:SEARCHED],
    }
    found = Household.objects.filter(pk__in=homes)
    return found.select_related("head", "village").order_by("no")


def members_found(text: str, homes: Iterable[Household]) -> QuerySet[Membership]:
    """这些户里, 姓名、首字母、证件号或后四位对得上的现在的成员。"""
    mine = Membership.objects.filter(household__in=[home.pk for home in homes], until_on=None)
    matching = mine.filter(person__in=_persons(text.strip())).select_related("person", "household__head")
    return matching.order_by("person__name", "pk")


def _persons(text: str) -> QuerySet[Person]:
    hit = (
        Q(name=identity.canonical_name(text))
        | Q(initials=text.lower())
        | Q(id_number_bi=index_value(Person, "id_number_bi", text))
    )
    if len(text) == 4:
        hit |= Q(id_last4_bi=index_value(Person, "id_last4_bi", text))
    return Person.objects.filter(hit)
