"""A second person looks: what is true changes the family's file, and opens a case where the amount may change."""

import datetime as dt

from django.db import transaction

from doudi.records.audit.services import record
from doudi.records.awards.models import Award
from doudi.records.cases.models import Case
from doudi.records.decisions import services as decisions
from doudi.records.decisions.change_queries import persons_of, recognitions_on
from doudi.records.decisions.models import Recognition
from doudi.records.people import family
from doudi.records.people import services as people
from doudi.records.people.models import Membership, Person
from doudi.records.policies.queries import scheme
from doudi.records.reviews.models import WAY, ChangeEvent
from doudi.records.reviews.queries import awards_of, awards_only_for, members_left, schemes_of
from doudi.records.reviews.refusals import AppliedToFamily, DetailMissing, NotAtThisStep, SamePersonAgain
from doudi.records.reviews.services.gate import check
from doudi.records.reviews.services.reporting import is_own_card
from doudi.records.reviews.services.reviving import revive
from doudi.records.staff.models import Role, User
from doudi.records.staff.services import notify

Kind, State = ChangeEvent.Kind, ChangeEvent.State
COUNTY = (
    Kind.MOVE,
    Kind.MOVE_OUT,
    Kind.HEAD,
    Kind.WITHDRAW,
    Kind.SUSPEND,
    Kind.RESUME,
)  # decided without a sum
CAUSE = {
    Kind.ADD: "members", Kind.REMOVE: "members", Kind.DEATH: "members", Kind.MEANS: "income", Kind.JOB: "income",
    Kind.ALIVE: "members",
}  # fmt: skip


@transaction.atomic
def verify(
    *, event: ChangeEvent, by: User, note: str, on: dt.date, new_head: Person | None = None
) -> ChangeEvent:
    """乡镇核实属实: 账户、住址就此更改; 动金额的更新成员并立变更案; 迁移、换户主、退出、暂停、恢复报县级决定。

    死亡信息有误的, 人回到这一户, 为死亡而停的另立更正案。

    由报告人以外的人办。Raises SamePersonAgain, NotAtThisStep, DetailMissing (户主离开而没有新户主), gate's refusals.
    """
    event = locked(event)
    require(event, State.REPORTED)
    check(event.household, by, "survey")
    if event.reported_by_id == by.pk:
        raise SamePersonAgain("这件变动是您报告的, 要由另一名经办人核实")
    event.verified_by, event.verified_on, event.note = by, on, note
    if _apply(event, by, on, new_head):
        event.state, event.decided_by, event.decided_on = State.APPLIED, by, on
    else:
        event.state = State.VERIFIED
        _tell_county(event, on)
    event.save(update_fields=WAY)
    record(by=by, action="change.verify", subject=f"changeevent:{event.pk}", state=event.state, note=note)
    return event


def _tell_county(event: ChangeEvent, on: dt.date) -> None:
    home = event.household
    notify(
        to_role=Role.APPROVER, area_code=home.village_id, kind="change", on=on, link=f"/biandong/{event.pk}/",
        title=f"{home.head.name}户的{event.get_kind_display()}已核实, 请决定",
    )  # fmt: skip


@transaction.atomic
def reject(*, event: ChangeEvent, by: User, reason: str, on: dt.date) -> ChangeEvent:
    """核实不属实: 写明理由, 不办; 死亡报告随之撤回, 不再拦发放。

    Raises DetailMissing, NotAtThisStep, SamePersonAgain, AppliedToFamily (人已经办离开这一户, 案件已立).
    """
    event = locked(event)
    require(event, State.REPORTED, State.VERIFIED)
    check(event.household, by, *(("survey",) if event.state == State.REPORTED else ("confirm",)))
    if event.reported_by_id == by.pk:
        raise SamePersonAgain("这件变动是您报告的, 要由另一人核实")
    if not reason.strip():
        raise DetailMissing("请写明为什么不属实")
    _require_not_applied(event)
    if event.kind == Kind.DEATH and event.person:
        family.withdraw_death(by=by, person=event.person)
    if event.state == State.REPORTED:
        event.verified_by, event.verified_on = by, on
    event.state, event.note = State.REJECTED, reason.strip()
    event.decided_by, event.decided_on = by, on
    event.save(update_fields=WAY)
    record(by=by, action="change.reject", subject=f"changeevent:{event.pk}", reason=reason)
    return event


def _require_not_applied(event: ChangeEvent) -> None:
    """A rejection undoes nothing: whoever was taken out of the family would stay out and be called wrongly gone."""
    if event.state != State.VERIFIED:
        return
    if event.kind in (Kind.DEATH, Kind.REMOVE):
        here = event.household.memberships.filter(person=event.person_id, until_on=None)
        if event.person and not here.exists():
            raise AppliedToFamily(
                f"核实时已经把{event.person.name}办离开这一户, 不能直接记为不属实; "
                "请先报“成员增加”把人办回来, 核实之后再来记"
            )
    elif event.case and event.case.closed_on is None:
        raise AppliedToFamily(f"这件变动已经立了案件 {event.case.no}, 不能再记为不属实; 请在案件里按实情办结")


def locked(event: ChangeEvent) -> ChangeEvent:
    """在当前事务里锁住并重读这件变动。"""
    return ChangeEvent.objects.select_for_update(of=("self",)).get(pk=event.pk)


def require(event: ChangeEvent, *states: str) -> None:
    """变动必须正在这几步上。Raises NotAtThisStep."""
    if event.state not in states:
        raise NotAtThisStep(f"这件变动现在是“{event.get_state_display()}”, 不能再办这一步")


def _apply(event: ChangeEvent, by: User, on: dt.date, new_head: Person | None) -> bool:
    """Change what the township may change; whether that is all there is to do."""
    told, home = event.details, event.household
    if event.kind in COUNTY:
        return False
    if event.kind == Kind.ACCOUNT and event.person:
        if is_own_card(event.person, told):
            reason = told.get("shared", "")
            people.require_own_card(by=by, person=event.person, number=told["number"], reason=reason)
        people.set_account(
            by=by, person=event.person, bank=told["bank"], number=told["number"],
            holder_name=told.get("holder") or event.person.name, on=on,
        )  # fmt: skip
        return True
    if event.kind == Kind.ADDRESS:
        family.set_address(by=by, household=home, address=told["address"], phone=told.get("phone", ""))
        return True
    if event.kind == Kind.ALIVE:
        reopened = revive(event=event, by=by, on=on)
        event.case = _open_case(event, by, on) or reopened
        return True
    if event.kind == Kind.ADD:
        member = people.Member(name=told["name"], id_number=told["id_number"], relation=told["relation"])
        family.add_member(by=by, household=home, member=member, on=event.on)
    elif event.kind in (Kind.DEATH, Kind.REMOVE) and not _leave(event, by, new_head):
        return False
    event.case = _open_case(event, by, on)
    return not (event.person and awards_only_for(home, event.person.pk))


def _leave(event: ChangeEvent, by: User, new_head: Person | None) -> bool:
    """Take the member out of the file. The last of a family stays in it: then the county stops what is paid."""
    home, person = event.household, event.person
    assert person is not None  # reporting refuses a departure of nobody
    left = members_left(home, person.pk)
    if not left:
        return False
    if home.head_id == person.pk:
        if new_head is None or new_head.pk not in left:
            raise DetailMissing(f"{person.name} 是户主, 请选新户主")
        family.change_head(
            by=by, household=home, person=new_head, former=Membership.Relation.OTHER, on=event.on
        )
    family.remove_member(by=by, household=home, person=person, on=event.on)
    return True


def _open_case(event: ChangeEvent, by: User, on: dt.date) -> Case | None:
    """One case for the scheme whose amount is worked out here; a case already on its way takes the news along."""
    gone = event.person.pk if event.person and event.kind in (Kind.DEATH, Kind.REMOVE) else 0
    for scheme_id in schemes_of(event.household, on):
        if scheme(scheme_id).carried_over_only or _only_for(event, scheme_id, gone):
            continue
        known = Case.objects.open().filter(household=event.household, scheme=scheme_id).first()
        return known or decisions.open_change(
            by=by,
            household=event.household,
            scheme_id=scheme_id,
            kind=Case.Kind.CHANGE,
            on=on,
            cause=CAUSE[Kind(event.kind)],
            exit_cause=event.details.get("exit_cause", ""),
            text=f"{event.get_kind_display()}, {event.on}",
        )
    return None


def _only_for(event: ChangeEvent, scheme_id: str, gone: int) -> bool:
    mine = [award for award in awards_of(event.household) if award.scheme == scheme_id]
    return bool(gone) and persons_of(mine) == {gone}


def unrecognising(event: ChangeEvent, on: dt.date) -> list[Recognition]:
    """县级决定时要终止的认定: 迁出、退出的是全部 (或写明的项目), 家里没有人了的也是。"""
    standing = recognitions_on(event.household, on)
    if event.kind in (Kind.MOVE_OUT, Kind.WITHDRAW):
        wanted = event.details.get("scheme", "")
        return [one for one in standing if wanted in ("", one.scheme)]
    left = event.kind in (Kind.DEATH, Kind.REMOVE) and event.person
    return list(standing) if left and not members_left(event.household, event.person_id or 0) else []


def touched(event: ChangeEvent) -> dict[str, list[Award]]:
    """暂停或恢复的待遇, 按项目: 写明的项目或全部; 暂停的是没有暂停的, 恢复的是暂停着的。"""
    wanted, awards = event.details.get("scheme", ""), awards_of(event.household)
    still = {one.award_id for one in decisions.standing_still([award.pk for award in awards])}
    found: dict[str, list[Award]] = {}
    for award in awards:
        if wanted in ("", award.scheme) and (award.pk in still) == (event.kind == Kind.RESUME):
            found.setdefault(award.scheme, []).append(award)
    return found


def stopping(event: ChangeEvent) -> list[Award]:
    """县级决定时要停的待遇: 迁出、退出的是全部 (或写明的项目), 人不在了的是只为他一人的。"""
    if event.kind in (Kind.MOVE_OUT, Kind.WITHDRAW):
        wanted = event.details.get("scheme", "")
        return [award for award in awards_of(event.household) if wanted in ("", award.scheme)]
    if event.kind in (Kind.DEATH, Kind.REMOVE) and event.person:
        return awards_only_for(event.household, event.person.pk)
    return []
