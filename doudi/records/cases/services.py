"""Open a case, do a duty on it, move it to the next station. Every other verb of the road goes through here."""

import datetime as dt
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction

from doudi.law import blocks, clocks, duties
from doudi.law.procedure import STATIONS, Procedure
from doudi.records.audit.services import record
from doudi.records.cases import queries
from doudi.records.cases.models import Act, Assignment, Case, Hand
from doudi.records.people.models import Household
from doudi.records.people.queries import relatives_of
from doudi.records.policies.queries import calendar, parameters, procedure, scheme
from doudi.records.staff.models import User
from doudi.records.staff.presence import require_present
from doudi.store.areas import contains
from doudi.store.numbers import next_number
from doudi.store.refusal import Refusal
from doudi.store.today import now
from doudi.store.triggers import said

CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # nothing that is misread aloud or on paper
CODE_LENGTH = 6
ROAD_OF_CHANGE = "change"  # reviews, changes and what corrects them walk it whatever the scheme


class NotYourDuty(Refusal):
    """岗位不办理这一步。"""


class OutsideYourArea(Refusal):
    """案件不在职权范围内。"""


class ActRefused(Refusal):
    """数据库的保护不许这个人办这一步; the text is the guard's."""


class WrongStation(Refusal):
    """案件不在这一步上。"""


class OtherSideAlready(Refusal):
    """同一件案子里已经站在另一边。"""


class MustRecuse(Refusal):
    """与申请家庭有近亲属备案。"""


class Blocked(Refusal):
    """还有挡住下一步的事; `blocks` lists them with their articles."""

    def __init__(self, standing: Sequence[duties.Block]) -> None:
        super().__init__("还不能往下走: " + "; ".join(block.text for block in standing))
        self.blocks = tuple(standing)


class ClockStopped(Refusal):
    """计时已暂停, 案件不往下走。"""


class CaseAlreadyOpen(Refusal):
    """同一户同一项目已有在办案件。"""


@dataclass(frozen=True)
class BatchOutcome:
    """批量办理的结果: 办成的和跳过的, 跳过的写明原因。"""

    done: tuple[Case, ...]
    skipped: tuple[tuple[Case, str], ...]


def each(*, case_ids: Sequence[int], by: User, act: Callable[[Case], object]) -> BatchOutcome:
    """逐件办理同一件事, 办不了的跳过并说明原因, 不影响其他; 辖区外的当作没有。"""
    done, skipped = [], []
    for case in (
        Case.objects.visible_to(by).filter(pk__in=case_ids).select_related("household__head").order_by("pk")
    ):
        try:
            act(case)
            done.append(case)
        except Refusal as refusal:
            skipped.append((case, refusal.text))
    return BatchOutcome(tuple(done), tuple(skipped))


@transaction.atomic
def open_case(
    *,
    by: User,
    household: Household,
    scheme_id: str,
    on: dt.date,
    kind: str = Case.Kind.APPLY,
    road: str = "",
) -> Case:
    """立案: 给受理号和查询码, 定下走哪条路, 排定全程时限。Raises CaseAlreadyOpen.

    `road` is given where the kind alone does not say it; empty, an application walks its scheme's road.
    """
    known_scheme = scheme(scheme_id)
    known = Case.objects.open().filter(household=household, scheme=scheme_id).first()
    if known:
        raise CaseAlreadyOpen(f"这一户的{known_scheme.name}正在办理, 受理号 {known.no}, 不必再报")
    road = road or (known_scheme.road if kind == Case.Kind.APPLY else ROAD_OF_CHANGE)
    case = Case.objects.create(
        no=f"{household.village_id[:6]}-{on:%Y}-{next_number(f'case-{on:%Y}'):05}",
        query_code="".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)),
        household=household,
        village_id=household.village_id,
        scheme=scheme_id,
        kind=kind,
        road=road,
        station=procedure(scheme_id, road, household.village_id, on).road[0],
        station_from_on=on,
        accepted_on=on,
        due_on=queries.whole_limit(household.village_id, scheme_id, on).due_on,
        is_relative_filed=relatives_of(household.pk).exists(),
    )
    record(by=by, action="case.open", subject=f"case:{case.pk}", no=case.no, scheme=scheme_id)
    return case


def locked(case: Case, expected: int | None = None) -> Case:
    """在当前事务里锁住并重读这件案子。

    `expected` is the version on the page somebody filled in: whoever saves from it moves the version on, whoever
    comes after from the same page is refused. None where nobody looked at a page. Raises StaleVersion.
    """
    held = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    return held if expected is None else held.save_over(expected, [])


@transaction.atomic
def do(*, case: Case, by: User, duty: str, title: str, on: dt.date, note: str = "") -> Act:
    """以某项职责办理一步, 留下办理记录。Raises NotYourDuty, OutsideYourArea, OtherSideAlready, MustRecuse."""
    check_may(case=case, by=by, duty=duty)
    side, note = duties.side(duty), (_in_place_of(case, by) + note)[:400]
    try:
        with transaction.atomic():
            Hand.objects.get_or_create(case=case, user=by, defaults={"group": side})
            act = Act.objects.create(
                case=case,
                user=by,
                duty=duty,
                group=side,
                station=case.station,
                on=on,
                at=now(),
                title=title,
                note=note,
            )
    except IntegrityError as error:  # what the database guards knows more than this app: who paid, for one
        raise ActRefused(said(error)) from None
    record(
        by=by, action=f"case.{duty}", subject=f"case:{case.pk}", title=title, station=case.station, note=note
    )
    return act


def check_may(*, case: Case, by: User, duty: str) -> None:
    """能不能办: 岗位、辖区、另一边、回避, 逐项核对。"""
    if duty not in duties.duties_of(by.role, procedure_of(case).confirm_by):
        raise NotYourDuty(f"{by.get_role_display()}不办理{duties.DUTIES[duty]}")
    require_present(by)
    if not Case.objects.visible_to(by).filter(pk=case.pk).exists():
        raise OutsideYourArea("这件案子不在您的辖区")
    hand = Hand.objects.filter(case=case, user=by).first()
    if hand and hand.group != duties.side(duty):
        raise OtherSideAlready("您已经办理过这件案子的另一环节, 经办、签批、确认必须由不同的人办理")
    if relatives_of(case.household_id).filter(user=by).exists():
        raise MustRecuse("您与申请家庭有近亲属备案, 应当回避, 请交由他人办理")


def _in_place_of(case: Case, by: User) -> str:
    """A deputy acts under his own name; the record says whose work it was."""
    for one in (by, *by.covers):
        if one.sees == "assigned":
            his = case.assignments.filter(user=one).exists()
        else:
            his = contains(str(one.area_id), case.village_id)
        if his:
            return "" if one == by else f"代{one.name}。"
    return ""


def require_station(case: Case, *stations: str) -> None:
    """案件必须正在这几站之一。Raises WrongStation saying where it is."""
    if case.station not in stations or case.closed_on:
        here = "已办结" if case.closed_on else STATIONS[case.station].label
        wanted = "、".join(STATIONS[s].label for s in stations)
        raise WrongStation(f"案件 {case.no} 现在是“{here}”, 这一步要在“{wanted}”办理")


def procedure_of(case: Case) -> Procedure:
    """这件案子走的程序: 按受理那天的政策, 中途改了的不影响它。"""
    return procedure(case.scheme, case.road, case.village_id, case.accepted_on)


def regrade(case: Case, scheme_id: str) -> Case:
    """改按另一个项目办: 路和全程时限随项目走, 仍从受理日起算。Raises CaseAlreadyOpen."""
    known = scheme(scheme_id)
    other = (
        Case.objects.open().filter(household=case.household_id, scheme=scheme_id).exclude(pk=case.pk).first()
    )
    if other:
        raise CaseAlreadyOpen(f"这一户的{known.name}正在另案办理, 受理号 {other.no}, 请先办结那一件")
    case.scheme, case.road = scheme_id, known.road
    case.due_on = queries.whole_clock(case).due_on
    case.version += 1
    case.save()
    return case


def onward(case: Case, on: dt.date, *, refusing: bool = False, returned: str = "") -> Case:
    """按它的路到下一站; 拟不予确认的不公示。"""
    following = procedure_of(case).after(case.station, refusing=refusing)
    assert following is not None  # the last stations are left by closing the case
    return move(case, following, on, returned=returned)


def move(case: Case, to: str, on: dt.date, *, due_on: dt.date | None = None, returned: str = "") -> Case:
    """到下一站, 排定本站时限; 退回时写明理由。Raises ClockStopped."""
    _require_running(case)
    case.station, case.station_from_on, case.returned_reason = to, on, returned
    case.station_due_on = due_on or station_due(case, to, on)
    case.version += 1
    case.save()
    return case


def go_back(case: Case, on: dt.date, *, returned: str) -> Case:
    """退回重新调查; 路上没有调查的退回初审, 写明理由。"""
    return move(case, procedure_of(case).back_to(), on, returned=returned)


def close(case: Case, outcome: str, on: dt.date) -> Case:
    """办结。Raises ClockStopped."""
    _require_running(case)
    case.outcome, case.closed_on, case.station_due_on = outcome, on, None
    case.version += 1
    case.save()
    return case


def _require_running(case: Case) -> None:
    pause = queries.open_pause(case)
    if pause:
        told = queries.cause_label("procedure.pause_causes", pause.cause, case)
        raise ClockStopped(f"案件 {case.no} 自 {pause.from_on} 起暂停计时 ({told}), 请先恢复计时")


def station_due(case: Case, station: str, on: dt.date) -> dt.date | None:
    """到站后本站的期限; 法律没有规定的为空。"""
    clock = station_clock(case, station, on)
    return clock.due_on if clock else None


def station_clock(case: Case, station: str, on: dt.date) -> clocks.Deadline | None:
    """本站自 `on` 起的时限; 法律没有规定的为空。"""
    rules, book = parameters(case.village_id, on), scheme(case.scheme).rulebook
    code = clocks.first_given(STATIONS[station].clocks, book, rules)
    return clocks.deadline(code, on, rules, calendar(), queries.paused(case)) if code else None


def require_clear(case: Case, facts: blocks.CaseFacts, on: dt.date) -> None:
    """离开当前环节的条件都满足。Raises Blocked listing what is missing."""
    standing = standing_blocks(case, facts, on)
    if standing:
        raise Blocked(standing)


def standing_blocks(case: Case, facts: blocks.CaseFacts, on: dt.date) -> tuple[duties.Block, ...]:
    """离开当前环节之前还差什么; 调查与核对同时进行, 一并看。"""
    terms = procedure_of(case)
    walked = (replace(facts, station=code) for code in terms.walked_with(facts.station))
    return tuple(dict.fromkeys(block for at in walked for block in blocks.blocks(at, terms, on)))


@transaction.atomic
def assign(*, case: Case, by: User, users: list[User], on: dt.date) -> None:
    """派单入户。"""
    check_may(case=case, by=by, duty="assess")
    for user in users:
        Assignment.objects.get_or_create(case=case, user=user, defaults={"on": on})
    record(by=by, action="case.assign", subject=f"case:{case.pk}", users=[user.username for user in users])
