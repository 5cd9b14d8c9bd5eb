"""Report a change: what happened, when, to whom, with its proof. A death holds back the money from this moment on."""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence

from django.db import transaction

from doudi.exchange.pictures import BadPicture, cleaned
from doudi.law import identity
from doudi.records.areas.models import Area
from doudi.records.audit.services import hold_chain, record
from doudi.records.checks.models import SupportPlan
from doudi.records.decisions.services import NothingPaid, standing_still
from doudi.records.people import services as people
from doudi.records.people.family import NotAVillage, NotInHousehold
from doudi.records.people.models import Household, Membership, Person
from doudi.records.reviews.models import ChangeEvent, ChangeProof
from doudi.records.reviews.queries import awards_of, deaths_taken_for_true, schemes_of
from doudi.records.reviews.refusals import (
    AlreadyReported,
    DetailMissing,
    NotYetHappened,
    PictureRefused,
    ProofMissing,
)
from doudi.records.reviews.services.gate import check
from doudi.records.staff.models import Role, User
from doudi.records.staff.services import notify
from doudi.store.kept import keep

Kind, State = ChangeEvent.Kind, ChangeEvent.State
JOINED = {"birth": "出生", "marriage": "嫁入、入赘", "return": "迁回、刑满释放、退伍"}
LEFT = {"marriage": "嫁出、入赘外出", "prison": "服刑", "enlist": "应征入伍", "moved": "迁出分户"}
PAYS_BACK = {"yes": "补发暂停的各月", "no": "不补发"}
EXITS = {"employment": "就业", "business": "创业", "other": "其他增收"}
OPEN = (State.REPORTED, State.VERIFIED)


@transaction.atomic
def report(
    *,
    by: User,
    household: Household,
    kind: str,
    happened_on: dt.date,
    details: Mapping[str, str],
    photos: Sequence[bytes],
    on: dt.date,
    person: Person | None = None,
) -> ChangeEvent:
    """村或乡镇报告一件变动, 附证明照片; 死亡的即时拦下之后的发放。

    Raises gate's refusals, NotYetHappened, ProofMissing, DetailMissing, AlreadyReported, NotInHousehold.
    依据: 649号令 第十三条
    """
    hold_chain()  # one report at a time: the second of two then finds the first
    check(household, by, "report", "accept")
    if happened_on > on:
        raise NotYetHappened(f"发生日期 {happened_on} 还没有到, 事情发生以后再报")
    if not photos:
        raise ProofMissing
    told = {name: text.strip() for name, text in details.items() if text.strip()}
    _require_details(household, kind, person, told, on)
    _require_new(household, kind, person)
    if kind == Kind.ACCOUNT and person and is_own_card(person, told):
        people.require_own_card(by=by, person=person, number=told["number"], reason=told.get("shared", ""))
    event = ChangeEvent.objects.create(
        household=household,
        person=person,
        kind=kind,
        on=happened_on,
        content=json.dumps(told, ensure_ascii=False, sort_keys=True),
        reported_on=on,
        reported_by=by,
    )
    for place, photo in enumerate(photos, start=1):
        _keep_proof(event, photo, place, by)
    if kind == Kind.DEATH and person:
        people.report_death(by=by, person=person, died_on=happened_on, on=on)
    record(
        by=by, action="change.report", subject=f"changeevent:{event.pk}", household=household.no, kind=kind
    )
    notify(
        to_role=Role.CLERK, area_code=household.village_id, kind="change", on=on, link=f"/biandong/{event.pk}/",
        title=f"{household.head.name}户报了变动: {event.get_kind_display()}, 请核实",
    )  # fmt: skip
    return event


def _keep_proof(event: ChangeEvent, photo: bytes, place: int, by: User) -> None:
    try:
        clean = cleaned(photo)
    except BadPicture as error:
        raise PictureRefused(str(error)) from None
    title = f"{event.get_kind_display()}证明 {place}"
    file = keep(clean, media_type="image/jpeg", title=title, by=by.username)
    ChangeProof.objects.create(event=event, file=file)


def _require_new(household: Household, kind: str, person: Person | None) -> None:
    same = ChangeEvent.objects.filter(household=household, kind=kind, person=person, state__in=OPEN)
    if kind != Kind.ADD and same.exists():
        raise AlreadyReported(f"这一户的“{Kind(kind).label}”已经报过, 还没有办完, 不必再报")


def _require_details(
    household: Household, kind: str, person: Person | None, told: Mapping[str, str], on: dt.date
) -> None:
    if kind in OF_A_MEMBER:
        if person is None:
            raise DetailMissing("请选是哪一名成员")
        if not household.memberships.filter(person=person, until_on=None).exists():
            raise NotInHousehold(f"{person.name} 现在不在户 {household.no} 里, 请先核对成员")
    for name in NEEDS.get(kind, ()):
        if not told.get(name):
            raise DetailMissing(f"请填写{FIELD_LABELS[name]}")
    if kind == Kind.ACCOUNT and person:
        _check_holder(person, told)
    if kind == Kind.ALIVE and not deaths_taken_for_true(household).filter(person=person).exists():
        raise DetailMissing("请选是谁的死亡信息有误: 这一户已经办了死亡的人")
    if kind == Kind.WITHDRAW and not schemes_of(household, on):
        raise NothingPaid("这一户没有在享的待遇, 也没有有效的认定, 不用申请退出")
    found = CHECKS.get(kind)
    if found:
        found(household, told, on)


def _check_newcomer(household: Household, told: Mapping[str, str], on: dt.date) -> None:
    number = identity.parse(told["id_number"], on=on).number
    known = people.known_person(number)
    if known and known.name != identity.canonical_name(told["name"]):
        raise people.NameDiffers(known.name, told["name"], number)
    elsewhere = (
        Membership.objects.filter(person=known, until_on=None).select_related("person", "household").first()
    )
    if known and elsewhere:
        raise people.AlreadyInHousehold(known, elsewhere.household)
    if told["relation"] not in Membership.Relation.values or told["relation"] == Membership.Relation.HEAD:
        raise DetailMissing("请选新成员与户主的关系")


def _check_village(household: Household, told: Mapping[str, str], on: dt.date) -> None:
    village = Area.objects.filter(pk=told["village"], level=Area.Level.VILLAGE).first()
    if village is None or village.pk[:6] != household.village_id[:6] or village.pk == household.village_id:
        raise NotAVillage("请选本县另一个村或社区; 迁出本县的按迁出本县办理")


def _check_account(household: Household, told: Mapping[str, str], on: dt.date) -> None:
    number = identity.normalise(told["number"])
    if not (number.isascii() and number.isdigit() and 12 <= len(number) <= 25):
        raise DetailMissing("账号应为 12 到 25 位数字, 请对照卡面核对")


def is_own_card(person: Person, told: Mapping[str, str]) -> bool:
    """户名是本人的卡; 供养机构的账户本来就是许多人的。"""
    return identity.canonical_name(told.get("holder", "")) in ("", person.name)


def _check_suspension(household: Household, told: Mapping[str, str], on: dt.date) -> None:
    awards = [award for award in awards_of(household) if told.get("scheme", "") in ("", award.scheme)]
    if len(standing_still([award.pk for award in awards])) == len(awards):
        raise NothingPaid("这一户没有在发的待遇可以暂停: 没有在享的, 或者已经暂停")


def _check_resumption(household: Household, told: Mapping[str, str], on: dt.date) -> None:
    awards = [award for award in awards_of(household) if told.get("scheme", "") in ("", award.scheme)]
    if not standing_still([award.pk for award in awards]):
        raise NothingPaid("这一户没有暂停着的待遇, 不用恢复")
    if told["pays_back"] not in PAYS_BACK:
        raise DetailMissing("请选是否补发暂停的各月")


def _check_holder(person: Person, told: Mapping[str, str]) -> None:
    """A card is the person's own, or the account of the institution that was chosen to support him, and why."""
    holder = identity.canonical_name(told.get("holder", ""))
    if not holder or holder == person.name:
        return
    plan = SupportPlan.objects.filter(person=person).order_by("-pk").first()
    if plan is None or plan.form != "centralised" or identity.canonical_name(plan.institution) != holder:
        raise DetailMissing(
            f"户名只能是{person.name}本人, 或者选定供养方式时写明的供养机构; 请先在自理能力页选定集中供养和机构"
        )
    if not told.get("text"):
        raise DetailMissing("钱改到机构的账户, 请写明缘由和本人 (监护人) 怎么同意的")


OF_A_MEMBER = (Kind.REMOVE, Kind.DEATH, Kind.HEAD, Kind.ACCOUNT, Kind.JOB)
NEEDS: Mapping[str, tuple[str, ...]] = {
    Kind.ADD: ("why", "name", "id_number", "relation"),
    Kind.REMOVE: ("why",),
    Kind.MOVE: ("village", "address"),
    Kind.MOVE_OUT: ("to",),
    Kind.ACCOUNT: ("bank", "number"),
    Kind.ADDRESS: ("address",),
    Kind.MEANS: ("text",),
    Kind.JOB: ("text", "exit_cause"),
    Kind.WITHDRAW: ("text",),
    Kind.ALIVE: ("text",),
    Kind.SUSPEND: ("text",),
    Kind.RESUME: ("text", "pays_back"),
}
FIELD_LABELS = {
    "why": "缘由", "name": "新成员姓名", "id_number": "新成员证件号", "relation": "与户主关系", "village": "迁往的村",
    "address": "住址", "to": "迁往哪里", "bank": "开户行", "number": "账号", "text": "变动说明",
    "exit_cause": "增收的缘由", "pays_back": "是否补发暂停的各月",
}  # fmt: skip
CHECKS: Mapping[str, Callable[[Household, Mapping[str, str], dt.date], None]] = {
    Kind.ADD: _check_newcomer,
    Kind.MOVE: _check_village,
    Kind.ACCOUNT: _check_account,
    Kind.SUSPEND: _check_suspension,
    Kind.RESUME: _check_resumption,
}
