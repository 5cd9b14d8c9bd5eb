"""What a citizen sees of the own case: where it stands, since when, what comes next, and the money."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from doudi.law import clocks
from doudi.law.procedure import POSTINGS, STATIONS
from doudi.records.awards.models import Award
from doudi.records.cases.models import Case
from doudi.records.cases.services import procedure_of
from doudi.records.checks.models import Assessment
from doudi.records.decisions.models import Decision
from doudi.records.desk import paid
from doudi.records.intake.models import GapNotice
from doudi.records.intake.queries import missing_papers
from doudi.records.policies.queries import reason, scheme_name
from doudi.records.postings.queries import current_posting
from doudi.store.fields import index_value

LATEST = 3  # months told beside the case; all of them have a page of their own
State = Literal["done", "now", "next"]

# One stop may hold several stations: to the family, the visit and the inquiries are one thing.
STOPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("收下申请, 看材料齐不齐", ("accept",)),
    ("上门了解, 核对情况", ("survey", "verify", "ability")),
    ("乡镇提出意见", ("panel", "review")),
    ("在村里公示", POSTINGS),
    ("乡镇负责人签字", ("sign",)),
    ("县里审定", ("intend", "confirm")),
    ("把结果告诉您", ("notify",)),
    ("按月领钱", ("roll",)),
)
NEXT = {
    "accept": "乡镇看过材料、正式受理以后, 会上门了解情况。",
    "survey": "工作人员会到家里来看, 请家里留人。看完由乡镇提出意见。",
    "review": "乡镇写好意见以后, 在村里公示。",
    "sign": "乡镇负责人签字以后, 送到县里审定。",
    "confirm": "县里审定以后, 会把结果书面告诉您。",
}


@dataclass(frozen=True)
class Stop:
    """路上的一步: 怎么叫、办了没有、哪天办的。"""

    label: str
    state: State
    on: dt.date | None


@dataclass(frozen=True)
class Part:
    """每月金额的一部分: 名称代码、归到哪个人 (全家的为空)、多少。"""

    name: str
    person_id: int | None
    amount_fen: int


@dataclass(frozen=True)
class Grant:
    """给了多少: 每月金额、从哪月起、几口人、由哪几部分合成; 停了的写停到哪天。"""

    amount_fen: int
    from_on: dt.date
    ends_on: dt.date | None
    is_over: bool
    persons: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Changed:
    """金额变过一次: 自哪月起、从多少到多少、为什么; 标准提高的写文号, 以前各月要补的 `pays_back` 为真。"""

    from_on: dt.date
    before_fen: int
    after_fen: int
    why: str
    document: str
    pays_back: bool


@dataclass(frozen=True)
class Refused:
    """没有批准: 理由、依据、哪天定的。"""

    why: str
    article: str
    on: dt.date


@dataclass(frozen=True)
class Progress:
    """一件申请给本人看的全部内容。`due_on` 是最迟有结果的日子, 办结了为空。"""

    no: str
    scheme: str
    township: str
    accepted_on: dt.date
    now: str
    since_on: dt.date
    next: str
    due_on: dt.date | None
    late: bool
    stops: tuple[Stop, ...]
    missing: tuple[str, ...]
    grant: Grant | None
    refused: Refused | None
    assessment: Assessment | None
    payments: tuple[paid.Month, ...]
    changes: tuple[Changed, ...] = ()
    recognised_until: dt.date | None = None


def case_by_code(no: str, code: str) -> Case | None:
    """凭受理号和查询码找到自己的申请; 号不对和码不对一样是没有。"""
    index = index_value(Case, "query_code_bi", code)
    related = ("household", "village__parent")
    return Case.objects.select_related(*related).filter(no=no, query_code_bi=index).first()


def progress_of(case: Case, on: dt.date) -> Progress:
    """这件申请现在怎么样了。"""
    decision = case.decisions.select_related("assessment", "delivery").order_by("-pk").first()
    awards = paid.awards_of_case(case)
    grant = _grant(awards, on)
    payments = paid.months_of(awards, on)
    stops = tuple(_stops(case, decision, payments))
    return Progress(
        no=case.no,
        scheme=scheme_name(case.scheme),
        township=case.village.parent.name if case.village.parent else "",
        accepted_on=case.accepted_on,
        now=_now(case, grant),
        since_on=case.closed_on or case.station_from_on,
        next=_next(case, grant),
        due_on=None if case.closed_on else case.due_on,
        late=not case.closed_on and on > case.due_on,
        stops=stops,
        missing=_told_missing(case),
        grant=grant,
        refused=_refused(decision),
        assessment=decision.assessment if decision and awards else None,
        recognised_until=_recognised_until(decision),
        payments=tuple(payments[:LATEST]),
        changes=tuple(reversed(list(_changes(awards)))),
    )


def money_of(case: Case, on: dt.date) -> list[paid.Month]:
    """这件案子的钱, 逐月, 新的在前。"""
    return paid.months_of(paid.awards_of_case(case), on, most=60)


def _grant(awards: Sequence[Award], on: dt.date) -> Grant | None:
    """All that one decision opened, told as one: destitute support opens an award a person."""
    standing = [award for award in awards if (_ended_on(award) or dt.date.max) > on] or list(awards)
    if not standing:
        return None
    ends = [_ended_on(award) for award in standing]
    ended = None if None in ends else max(day for day in ends if day)
    parts = tuple(
        Part(part.name, part.person_id, part.amount_fen)
        for award in standing
        for part in award.parts.order_by("pk")
    )
    return Grant(
        amount_fen=sum(award.amount_fen for award in standing),
        from_on=min(award.from_on for award in standing),
        ends_on=ended,
        is_over=ended is not None and ended <= on,
        persons=sum(award.persons for award in standing),
        parts=parts,
    )


def _changes(awards: Sequence[Award]) -> Iterable[Changed]:
    """Each decision that replaced awards by others of another sum, in the order they were made."""
    closed: dict[int, list[Award]] = {}
    for award in awards:
        if hasattr(award, "closing"):
            closed.setdefault(award.closing.decision_id, []).append(award)
    decisions = {award.opening.decision_id: award.opening.decision for award in awards}
    for pk, decision in sorted(decisions.items()):
        opened = [award for award in awards if award.opening.decision_id == pk]
        before = sum(award.amount_fen for award in closed.get(pk, ()))
        after, since = sum(award.amount_fen for award in opened), min(award.from_on for award in opened)
        if pk not in closed or before == after:
            continue
        raised = decision.kind == Decision.Kind.RAISE
        yield Changed(
            since, before, after, paid.listed(decision), decision.basis if raised else "",
            raised and since < clocks.benefit_from(decision.decided_on),
        )  # fmt: skip


def _recognised_until(decision: Decision | None) -> dt.date | None:
    """Until when a family recognised without money is one; ended earlier, the day it ended."""
    found = getattr(decision, "recognition", None)
    return (found.ended_on or found.until_on) if found else None


def _ended_on(award: Award) -> dt.date | None:
    return award.closing.ends_on if hasattr(award, "closing") else None


def _refused(decision: Decision | None) -> Refused | None:
    """The reason as the list words it; what a clerk wrote beside it goes to the letter only."""
    if decision is None or decision.kind != Decision.Kind.REFUSE:
        return None
    cited = reason(decision.scheme, "refuse", decision.reason_code)
    return Refused(cited.label, cited.article, decision.decided_on)


def _told_missing(case: Case) -> tuple[str, ...]:
    """Only what the office has told: an unread application is not yet short of anything."""
    if case.station != "accept" or case.closed_on or not GapNotice.objects.filter(case=case).exists():
        return ()
    return missing_papers(case)


def _now(case: Case, grant: Grant | None) -> str:
    if case.outcome == Case.Outcome.REFUSED:
        return "没有批准"
    if case.outcome == Case.Outcome.WITHDRAWN:
        return "已经撤回"
    if case.outcome == Case.Outcome.TERMINATED:
        return "已经终止办理"
    if grant is None and case.outcome == Case.Outcome.GRANTED:
        return "认定了"
    if grant is None:
        return next(label for label, stations in STOPS if case.station in stations)
    return "批准过, 现在已停发" if grant.is_over else "批准了"


def _next(case: Case, grant: Grant | None) -> str:
    if case.closed_on:
        return _after(grant)
    if case.station in POSTINGS:
        posting = current_posting(case, case.station)
        shown = f"公示到 {posting.until_on.isoformat()}, " if posting else "张贴公示以后, "
        return f"{shown}没有人提意见, 或者意见查清了, 就报乡镇负责人签字。"
    return NEXT.get(case.station, f"正在办理{STATIONS[case.station].label}。")


def _after(grant: Grant | None) -> str:
    if grant is None:
        return ""
    if grant.ends_on:
        last = grant.ends_on - dt.timedelta(days=1)
        return f"发到 {last.year} 年 {last.month} 月为止。有疑问请打电话。"
    first = f"{grant.from_on.year} 年 {grant.from_on.month} 月"
    return f"从 {first}起按月打到卡里。家里情况有变化, 请告诉村里或乡镇。"


def _stops(case: Case, decision: Decision | None, payments: Sequence[paid.Month]) -> Iterable[Stop]:
    road = procedure_of(case).road
    last = dict(case.acts.order_by("pk").values_list("station", "on"))
    if decision is not None and hasattr(decision, "delivery"):
        last["notify"] = decision.delivery.delivered_on
    done = _done(case, road, decision, payments)
    shown = [(label, [code for code in stations if code in road]) for label, stations in STOPS]
    for label, stations in shown:
        if not stations or ("roll" in stations and case.closed_on and case.outcome != Case.Outcome.GRANTED):
            continue
        state: State = "done" if done.issuperset(stations) else "next"
        if not done.issuperset(stations) and _stands_at(case) in stations:
            state = "now"
        dates = [last[code] for code in stations if code in last]
        yield Stop(label, state, max(dates, default=None) if state == "done" else None)


def _stands_at(case: Case) -> str:
    return "notify" if case.closed_on and case.outcome not in Case.ENDED_EARLY else case.station


def _done(
    case: Case, road: Sequence[str], decision: Decision | None, payments: Sequence[paid.Month]
) -> set[str]:
    if not case.closed_on or case.outcome in Case.ENDED_EARLY:
        return set(road[: road.index(case.station)])
    if any(month.arrived_fen for month in payments):
        return set(road)
    done = set(road) - {"notify", "roll"}
    return done | ({"notify"} if decision is not None and hasattr(decision, "delivery") else set())
