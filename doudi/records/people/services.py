"""Register families, record what is known of them, keep their accounts. The only code that writes these tables."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from pypinyin import Style, lazy_pinyin

from doudi.law import identity
from doudi.law.masking import mask_account, mask_identity, mask_name
from doudi.records.audit.services import hold_chain, record
from doudi.records.people.models import Account, Fact, Household, Membership, Obligor, Person, Relative
from doudi.records.people.queries import anothers_card
from doudi.records.staff.models import User
from doudi.store.fields import index_value
from doudi.store.numbers import next_number
from doudi.store.refusal import Refusal


class AlreadyInHousehold(Refusal):
    """这个人已经在另一户里。"""

    def __init__(self, person: Person, household: Household) -> None:
        masked = mask_identity(person.id_number)
        super().__init__(
            f"{person.name} ({masked}) 已登记在户 {household.no}, 请先核实是否重复申请或办理迁出"
        )
        self.household = household


class NameDiffers(Refusal):
    """证件号已登记, 但姓名不同。"""

    def __init__(self, known: str, given: str, number: str) -> None:
        super().__init__(
            f"证件号 {mask_identity(number)} 已登记的姓名是 {known}, 这次填的是 {given}, 请核对证件"
        )


class CardOfAnotherHousehold(Refusal):
    """这张卡已经是另一户的。"""

    def __init__(self, last4: str, whose: str) -> None:
        super().__init__(
            f"尾号 {last4} 的账户现在是{whose}的卡; 一户 (一人) 一卡, 请对照卡面核对账号, 确实要合用的写明理由再提交",
            field="shared",
        )


class NoHead(Refusal):
    """一户必须有且只有一名户主。"""

    def __init__(self) -> None:
        super().__init__("一户必须有且只有一名户主, 请在成员中选定")


@dataclass(frozen=True, kw_only=True)
class Member:
    """登记一名家庭成员要填的内容。"""

    name: str
    id_number: str
    relation: str
    ethnic: str = ""


@dataclass(frozen=True, kw_only=True)
class ObligorDraft:
    """登记一名赡养抚养扶养义务人要填的内容。"""

    name: str
    relation: str
    id_number: str = ""
    phone: str = ""
    county: str = ""


@dataclass(frozen=True, kw_only=True)
class Official:
    """备案里的工作人员: 有登录的写 `user`, 没有登录的村干部写姓名和职务; 电话、住址供比对。"""

    user: User | None = None
    cadre_name: str = ""
    position: str = ""
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class FactDraft:
    """一条待记录的事实; 金额为分, 收入为全年数。"""

    kind: str
    person_id: int | None = None
    code: str = ""
    amount_fen: int | None = None
    cost_fen: int | None = None
    number: int | None = None
    evidence: str = ""


def initials(name: str) -> str:
    """姓名的拼音首字母, 供查找; 单姓多音按姓氏读。"""
    surname = {"单": "s", "曾": "z", "仇": "q", "解": "x", "查": "z", "朴": "p", "区": "o", "尉": "w"}
    letters = lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore")
    first = surname.get(name[:1])
    return "".join([first, *letters[1:]] if first else letters)[:30].lower()


def known_person(id_number: str) -> Person | None:
    """按证件号找已登记的人 (15 位与 18 位、大小写、全角视为同一)。"""
    index = index_value(Person, "id_number_bi", id_number)
    return Person.objects.filter(id_number_bi=index).first()


@transaction.atomic
def register_person(*, by: User, name: str, id_number: str, on: dt.date, ethnic: str = "") -> Person:
    """登记一个人; 已登记的直接返回。Raises BadIdentity, NameDiffers."""
    found = identity.parse(id_number, on=on)
    name = identity.canonical_name(name)
    known = known_person(found.number)
    if known:
        if known.name != name:
            raise NameDiffers(known.name, name, found.number)
        return known
    person = Person.objects.create(
        name=name,
        initials=initials(name),
        id_number=found.number,
        sex=found.sex,
        birth_on=found.born_on,
        ethnic=ethnic,
    )
    record(by=by, action="people.register", subject=f"person:{person.pk}", name=name)
    return person


@transaction.atomic
def register_household(
    *, by: User, village_id: str, kind: str, members: Sequence[Member], address: str, phone: str, on: dt.date
) -> Household:
    """登记一户及其成员。Raises NoHead, AlreadyInHousehold, NameDiffers, BadIdentity; nothing is kept on refusal."""
    heads = [member for member in members if member.relation == Membership.Relation.HEAD]
    if len(heads) != 1:
        raise NoHead
    hold_chain()  # one registration at a time: the second of two then finds the persons of the first
    people = [
        register_person(by=by, name=m.name, id_number=m.id_number, ethnic=m.ethnic, on=on) for m in members
    ]
    _refuse_members_elsewhere(people)
    household = Household.objects.create(
        no=household_number(village_id, next_number(f"household-{village_id[:6]}")),
        village_id=village_id,
        kind=kind,
        head=people[members.index(heads[0])],
        address=address,
        phone=identity.normalise(phone),
        opened_on=on,
    )
    for person, member in zip(people, members, strict=True):
        Membership.objects.create(household=household, person=person, relation=member.relation, from_on=on)
    record(
        by=by,
        action="people.household",
        subject=f"household:{household.pk}",
        no=household.no,
        persons=len(people),
    )
    return household


def household_number(village_id: str, sequence: int) -> str:
    """户编号: 县代码加七位顺序号。"""
    return f"{village_id[:6]}-{sequence:07}"


def _refuse_members_elsewhere(people: Sequence[Person]) -> None:
    current = Membership.objects.filter(person__in=people, until_on=None).select_related(
        "person", "household"
    )
    for membership in current.order_by("pk"):
        raise AlreadyInHousehold(membership.person, membership.household)


@transaction.atomic
def record_facts(
    *, by: User, household: Household, facts: Sequence[FactDraft], source: str, on: dt.date, from_on: dt.date
) -> list[Fact]:
    """记下这户现在的情况: 同来源的旧记录作废, 换成这一批; 旧的仍可查。"""
    _void_current(by, household, source, on)
    rows = [
        Fact.objects.create(
            household=household,
            person_id=draft.person_id,
            kind=draft.kind,
            code=draft.code,
            amount_fen=draft.amount_fen,
            cost_fen=draft.cost_fen,
            number=draft.number,
            evidence=draft.evidence,
            from_on=from_on,
            source=source,
            recorded_by=by.username,
            recorded_on=on,
        )
        for draft in facts
    ]
    record(by=by, action="people.facts", subject=f"household:{household.pk}", source=source, count=len(rows))
    return rows


def _void_current(by: User, household: Household, source: str, on: dt.date) -> None:
    current = Fact.objects.filter(household=household, source=source, replaced_by=None, void=False)
    for old in current.order_by("pk"):
        Fact.objects.create(
            household=household,
            person_id=old.person_id,
            kind=old.kind,
            code=old.code,
            from_on=old.from_on,
            source=source,
            replaces=old,
            void=True,
            recorded_by=by.username,
            recorded_on=on,
        )


@transaction.atomic
def set_account(
    *, by: User, person: Person, bank: str, number: str, holder_name: str, on: dt.date
) -> Account:
    """登记或更换领款账户; 同一账户再登记一次不起作用。"""
    hold_chain()  # one change at a time: the second of two then finds the card of the first
    number = identity.normalise(number)
    current = Account.objects.filter(person=person, until_on=None).first()
    if current and (current.number, current.bank) == (number, bank):
        return current
    if current:
        current.until_on = on
        current.save(update_fields=["until_on"])
    account = Account.objects.create(
        person=person,
        bank=bank,
        number=number,
        last4=number[-4:],
        holder_name=identity.canonical_name(holder_name),
        from_on=on,
        recorded_by=by.username,
    )
    record(
        by=by, action="people.account", subject=f"person:{person.pk}", account=mask_account(number), bank=bank
    )
    return account


def require_own_card(*, by: User, person: Person, number: str, reason: str) -> None:
    """一户 (一人) 一卡: 账号已经是另一户的卡的, 写明理由才放行, 理由留在审计链上。同一户合用的不问。

    Runs in the caller's transaction. Raises CardOfAnotherHousehold. 依据: 财办〔2020〕37号
    """
    card = anothers_card(person, number)
    if card is None:
        return
    if not reason.strip():
        raise CardOfAnotherHousehold(card.last4, _whose(card, by))
    record(
        by=by, action="people.shared_card", subject=f"person:{person.pk}", account=mask_account(card.number),
        other=card.person_id, reason=reason.strip()[:200],
    )  # fmt: skip


def _whose(card: Account, by: User) -> str:
    """The village and a masked name where he may look; elsewhere the township, and nothing else."""
    here = Membership.objects.filter(person=card.person, until_on=None)
    member = here.select_related("household__village__parent").first()
    if member is None:
        return "没有登记在户的人"
    home = member.household
    if Household.objects.visible_to(by).filter(pk=home.pk).exists():
        return f"{home.village.name}{mask_name(card.person.name)}户"
    return f"{home.village.parent.name if home.village.parent else '别处'}的另一户"


@transaction.atomic
def set_first_account(
    *, by: User, person: Person, bank: str, number: str, on: dt.date, shared: str = ""
) -> None:
    """申请时登记领款账户; 已有在用账户的不动: 换账户要报变动, 由另一人核实。

    `shared` is why the card of another household is to be used. Raises CardOfAnotherHousehold.
    """
    hold_chain()
    if not Account.objects.filter(person=person, until_on=None).exists():
        require_own_card(by=by, person=person, number=number, reason=shared)
        set_account(by=by, person=person, bank=bank, number=number, holder_name=person.name, on=on)


@transaction.atomic
def report_death(*, by: User, person: Person, died_on: dt.date, on: dt.date) -> None:
    """登记死亡报告: 只拦下之后的发放等人决定, 不自动停发、不自动追缴。"""
    person.died_on, person.death_reported_on = died_on, on
    person.save()
    record(by=by, action="people.death", subject=f"person:{person.pk}", died_on=died_on.isoformat())


@transaction.atomic
def add_obligor(*, by: User, household: Household, draft: ObligorDraft, on: dt.date) -> Obligor:
    """登记一名义务人; 同一证件号再登记一次不起作用。Raises BadIdentity. 依据: 649号令 第五十八条"""
    number = identity.parse(draft.id_number, on=on).number if draft.id_number else None
    if number:
        index = index_value(Obligor, "id_number_bi", number)
        known = Obligor.objects.filter(household=household, id_number_bi=index, until_on=None).first()
        if known:
            return known
    obligor = Obligor.objects.create(
        household=household,
        name=identity.canonical_name(draft.name),
        relation=draft.relation,
        id_number=number,
        phone=identity.normalise(draft.phone) or None,
        county=draft.county,
        from_on=on,
    )
    record(by=by, action="people.obligor", subject=f"household:{household.pk}", obligor=obligor.pk)
    return obligor


@transaction.atomic
def end_obligor(*, by: User, obligor: Obligor, reason: str, on: dt.date) -> None:
    """去掉一名义务人, 写明理由 (去世、解除关系、登记有误); 记录保留。"""
    obligor.until_on, obligor.ended_reason = on, reason
    obligor.save(update_fields=["until_on", "ended_reason"])
    record(
        by=by, action="people.obligor_end", subject=f"household:{obligor.household_id}", obligor=obligor.pk,
        reason=reason,
    )  # fmt: skip


@transaction.atomic
def file_relative(
    *,
    by: User,
    person: Person,
    relation: str,
    on: dt.date,
    user: User | None = None,
    official: Official | None = None,
    area_code: str | None = None,
) -> Relative:
    """近亲属备案; 已备案的不重复。依据: 民发〔2021〕57号 第十一条"""
    who = official or Official(user=user)
    cadre_name = "" if who.user else identity.canonical_name(who.cadre_name)
    filed, made = Relative.objects.get_or_create(
        user=who.user,
        cadre_name=cadre_name,
        person=person,
        revoked_on=None,
        defaults={
            "position": who.position,
            "phone": identity.normalise(who.phone) or None,
            "address": who.address or None,
            "relation": relation,
            "area_id": area_code or by.area_id,
            "filed_on": on,
            "filed_by": by.username,
        },
    )
    if made:
        record(
            by=by, action="people.relative", subject=f"person:{person.pk}", official=filed.official,
            relation=relation,
        )  # fmt: skip
    return filed


@transaction.atomic
def revoke_relative(*, by: User, relative: Relative, reason: str, on: dt.date) -> None:
    """撤销一条近亲属备案, 写明理由; 记录保留。"""
    relative.revoked_on, relative.revoked_reason, relative.revoked_by = on, reason, by.username
    relative.save(update_fields=["revoked_on", "revoked_reason", "revoked_by"])
    record(
        by=by, action="people.relative_revoke", subject=f"person:{relative.person_id}", relative=relative.pk,
        reason=reason,
    )  # fmt: skip
