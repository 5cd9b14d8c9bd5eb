"""Everything a case page says at a glance: who, where it stands, what is left to do, how it came here."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from django.db.models import QuerySet

from doudi.law.blocks import CaseFacts
from doudi.law.clocks import Deadline
from doudi.law.duties import Block
from doudi.law.procedure import POSTINGS, Procedure
from doudi.law.workdays import Calendar
from doudi.records.audit.models import Look
from doudi.records.audit.services import subject_of
from doudi.records.cases.models import Act, Case
from doudi.records.cases.queries import used_days, whole_clock
from doudi.records.cases.services import procedure_of, standing_blocks, station_clock
from doudi.records.decisions import queries as decisions
from doudi.records.desk.queues import days_left
from doudi.records.intake.models import GapNotice
from doudi.records.policies.queries import calendar, scheme_name
from doudi.records.postings.objections import HEARS, may_know_of
from doudi.records.staff.models import User

NOT_CONNECTED = "未接入"
LATELY = 10  # minutes after which somebody is taken to have left a page
State = Literal["done", "todo", "doing", "wait"]


@dataclass(frozen=True)
class Step:
    """路上的一站: 名称、状态、哪天办的。"""

    code: str
    label: str
    state: Literal["done", "now", "next"]
    on: dt.date | None
    late: bool
    note: str = ""


@dataclass(frozen=True)
class Duty:
    """任务一项: 代码、名称、状态、提示。"""

    code: str
    label: str
    state: State
    hint: str = ""


@dataclass(frozen=True)
class Clock:
    """一个时限: 名称、到期日、还剩几天、依据。"""

    label: str
    due_on: dt.date
    left: int
    in_workdays: bool
    cite: str


@dataclass(frozen=True)
class CaseView:
    """案件页上的全部内容。`used` 和 `limit` 是全程工作日。"""

    case: Case
    scheme: str
    persons: int
    facts: CaseFacts
    blocks: tuple[Block, ...]
    steps: tuple[Step, ...]
    duties: tuple[Duty, ...]
    clocks: tuple[Clock, ...]
    used: int
    limit: int
    cite: str
    assumed_years: tuple[int, ...]


def case_of(user: User, pk: int) -> Case:
    """职权范围内的一件案子。Raises Case.DoesNotExist outside it."""
    related = ("household", "household__head", "village", "village__parent", "application")
    return Case.objects.visible_to(user).select_related(*related).get(pk=pk)


def opened_lately(case: Case, user: User, at: dt.datetime) -> list[tuple[str, int]]:
    """别的工作人员在最近十分钟里打开过这件: 姓名和几分钟前, 近的在前, 至多两个。"""
    since = at - dt.timedelta(minutes=LATELY)
    looks = Look.objects.filter(subject=subject_of(case), action="view", at__gte=since, at__lte=at)
    latest: dict[str, dt.datetime] = {}
    for actor, when in (
        looks.filter(actor__in=User.objects.values("username"))
        .exclude(actor=user.username)
        .order_by("-id")
        .values_list("actor", "at")[:20]
    ):
        latest.setdefault(actor, when)
    shown = list(latest.items())[:2]
    names = dict(
        User.objects.filter(username__in=[login for login, _ in shown]).values_list("username", "name")
    )
    return [(names[login], int((at - when).total_seconds()) // 60) for login, when in shown if login in names]


def view_of(case: Case, user: User, on: dt.date) -> CaseView:
    """案件页的内容; 不能知道有异议的人, 任务、提示里也没有。"""
    known, whole = calendar(), whole_clock(case)
    facts = facts_for(user, case)
    acts = list(acts_of(case, user))
    until = case.closed_on or on
    terms = procedure_of(case)
    return CaseView(
        case=case,
        scheme=scheme_name(case.scheme),
        persons=case.household.memberships.filter(until_on=None).count(),
        facts=facts,
        blocks=() if case.closed_on else standing_blocks(case, facts, on),
        steps=tuple(_steps(case, facts, acts, on, terms)),
        duties=tuple(_duties(case, facts, terms)),
        clocks=tuple(_clocks(case, on, known)),
        used=used_days(case, until),
        limit=whole.days,
        cite=f"{whole.document} {whole.article}",
        assumed_years=known.assumed_between(case.accepted_on, case.due_on),
    )


def facts_for(user: User, case: Case) -> CaseFacts:
    """给这个人看的事实: 村里的人、与这家有近亲属备案的人, 不知道有没有异议。"""
    facts = decisions.facts(case)
    return (
        facts if may_know_of(user, case.household_id) else replace(facts, objections_open=0, complaint=False)
    )


def acts_of(case: Case, user: User) -> QuerySet[Act]:
    """给这个人看的办理记录, 新的在前: 不能知道有异议的人看不到处理异议的。"""
    acts = case.acts.select_related("user").order_by("-pk")
    return acts if may_know_of(user, case.household_id) else acts.exclude(duty=HEARS)


def _steps(case: Case, facts: CaseFacts, acts: list[Act], on: dt.date, terms: Procedure) -> Iterable[Step]:
    road = terms.road
    done = _done(case, facts, road)
    last = {act.station: act.on for act in reversed(acts)}
    late = bool(case.station_due_on and case.station not in POSTINGS and on > case.station_due_on)
    now = next((code for code in road if code not in done), "") if case.closed_on else case.station
    for code in road:
        state: Literal["done", "now", "next"] = "now" if code == now else "done" if code in done else "next"
        note = NOT_CONNECTED if code == "verify" and not terms.verify_connected else ""
        yield Step(code, terms.label(code), state, last.get(code), code == now and late, note)


def _done(case: Case, facts: CaseFacts, road: tuple[str, ...]) -> set[str]:
    """Stations left behind; after the decision, telling it and standing on the roll are each their own fact."""
    if not case.closed_on or case.outcome in Case.ENDED_EARLY:
        return set(road[: road.index(case.station)])
    done = set(road) - {"notify", "roll"}
    if facts.notice_given:
        done.add("notify")
    return done | ({"roll"} if case.outcome == Case.Outcome.GRANTED else set())


def _clocks(case: Case, on: dt.date, known: Calendar) -> Iterable[Clock]:
    if case.closed_on:
        return
    clock = station_clock(case, case.station, case.station_from_on)
    if clock:
        yield _clock(clock, case.station_due_on or clock.due_on, on, known)
    yield _clock(whole_clock(case), case.due_on, on, known)


def _clock(clock: Deadline, due_on: dt.date, on: dt.date, known: Calendar) -> Clock:
    left = days_left(on, due_on, known) if clock.in_workdays else (due_on - on).days
    return Clock(clock.label, due_on, left, clock.in_workdays, f"{clock.document} {clock.article}")


def _duties(case: Case, facts: CaseFacts, terms: Procedure) -> Iterable[Duty]:
    """The task list: what is done shows as done, what cannot start yet says why."""
    at, connected = partial(_reached, case, terms), terms.verify_connected
    yield _papers(case, facts)
    yield Duty("signatures", "授权和承诺签字", _state(not facts.unsigned, True), _unsigned_hint(facts))
    yield Duty("entry", "录入家庭、收入、财产", "done")
    visited = facts.investigators > 0
    yield Duty("visit", "入户调查", _state(visited, at("survey")), "两名调查人, 在场家庭成员签字")
    checked = facts.verification == "done" or (at("review") and not connected)
    yield Duty("findings", "信息核对", _state(checked, at("survey")), "" if connected else NOT_CONNECTED)
    if "ability" in terms.road:
        yield Duty(
            "ability", "自理能力评估", _state(facts.ability_assessed, at("survey")), "六项逐项评, 两名评估人"
        )
    if "panel" in terms.road or facts.panel_due:
        may_start = facts.panel_due or at("panel")
        yield Duty("panel", "民主评议", _state(facts.panel_held, may_start), "只记票数, 不记谁投的")
    sum_hint = "" if facts.assessment_current or not facts.assessed else "家庭情况有变, 要重新测算"
    yield Duty("assessment", "测算", _state(facts.assessed and facts.assessment_current, visited), sum_hint)
    yield Duty("opinion", "初审意见", _state(facts.opinion_given, at("review")))
    yield from _walked(case, facts, terms)
    yield Duty("notify", "告知申请人", _state(facts.notice_given, bool(case.closed_on)))


# What is done by leaving its station, and the page where that happens.
LEFT_BEHIND = {**dict.fromkeys(POSTINGS, "post"), "sign": "sign", "intend": "intend", "confirm": "confirm"}


def _walked(case: Case, facts: CaseFacts, terms: Procedure) -> Iterable[Duty]:
    """Boards, signatures and the county's words, in the order of this case's own road."""
    whole = bool(case.closed_on) and case.outcome not in Case.ENDED_EARLY
    for code in terms.road:
        if code in LEFT_BEHIND:
            left = whole or terms.road.index(case.station) > terms.road.index(code)
            hint = _posting_hint(facts) if code == case.station and code in POSTINGS else ""
            yield Duty(LEFT_BEHIND[code], terms.label(code), _state(left, case.station == code), hint)


def _papers(case: Case, facts: CaseFacts) -> Duty:
    if facts.papers_missing:
        told = GapNotice.objects.filter(case=case).count()
        hint = f"缺 {len(facts.papers_missing)} 件" + (
            f", 已告知 {told} 次" if told else ", 还没有告知申请人"
        )
        return Duty("papers", "收齐材料", "doing" if told else "todo", hint)
    return Duty("papers", "收齐材料并受理", "todo" if case.station == "accept" else "done")


def _unsigned_hint(facts: CaseFacts) -> str:
    return f"还差 {len(facts.unsigned)} 处签字" if facts.unsigned else ""


def _posting_hint(facts: CaseFacts) -> str:
    if facts.objections_open:
        return f"有 {facts.objections_open} 条异议没有办结"
    if facts.unposted:
        return f"依法不公示: {facts.unposted}"
    clear_from = facts.posted_clear_from.get(facts.station)
    return f"{clear_from} 起可往下报" if clear_from else ""


def _state(done: bool, may_start: bool) -> State:
    return "done" if done else "todo" if may_start else "wait"


def _reached(case: Case, terms: Procedure, station: str) -> bool:
    """Whether a case stands at a station or has passed it."""
    return station in terms.road and (bool(case.closed_on) or terms.has_passed(station, case.station))
