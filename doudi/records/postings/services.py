"""Post the first opinion, take objections, answer them, send the case up."""

import datetime as dt
from dataclasses import asdict

from django.db import transaction

from doudi.law import clocks
from doudi.law.masking import public_row
from doudi.law.procedure import POSTINGS, STATIONS
from doudi.records.audit.services import record
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.checks.queries import latest_opinion
from doudi.records.people.queries import members_on
from doudi.records.policies.queries import parameters
from doudi.records.postings.models import Objection, Posting
from doudi.records.postings.queries import facts
from doudi.records.staff.models import User
from doudi.store.numbers import next_number
from doudi.store.refusal import Refusal


class AlreadyPosted(Refusal):
    """这份意见已经公示。"""


class PostingClosed(Refusal):
    """公示期已过, 不再收异议。"""


class AlreadyAnswered(Refusal):
    """这条异议已经处理。"""


@transaction.atomic
def publish(*, case: Case, by: User, on: dt.date) -> Posting:
    """张贴公示: 只有姓名、人数、金额三项。Raises AlreadyPosted. 依据: 民发〔2021〕57号 第十九条"""
    case = cases.locked(case)
    cases.require_station(case, *POSTINGS)
    opinion = latest_opinion(case) if case.station != Posting.Round.INTAKE else None
    if Posting.objects.filter(case=case, station=case.station, withdrawn_on=None).exists():
        raise AlreadyPosted(f"这件申请的{STATIONS[case.station].label}已经张贴")
    rules = parameters(case.village_id, on)
    until_on = clocks.posting_period(on, rules).objections_until
    row = public_row(
        case.household.head.name,
        members_on(case.household, on).count(),
        opinion.amount_fen if opinion else None,
        name_style=rules.value("dibao.posting.name_style"),
    )
    cases.do(case=case, by=by, duty="post", title="张贴公示", on=on)
    posting = Posting.objects.create(
        case=case,
        station=case.station,
        opinion=opinion,
        village_id=case.village_id,
        posted_on=on,
        until_on=until_on,
        row=asdict(row),
        posted_by=by.username,
    )
    cases.move(case, case.station, on, due_on=until_on)
    return posting


@transaction.atomic
def object_to(*, posting: Posting, channel: str, text: str, contact: str, on: dt.date) -> Objection:
    """提出异议, 可以不留名。Raises PostingClosed."""
    if on > posting.until_on or posting.withdrawn_on:
        raise PostingClosed(f"这份公示的异议期到 {posting.until_on} 为止, 现在可以拨打监督电话反映情况")
    objection = Objection.objects.create(
        no=f"YY{on:%Y%m}-{next_number(f'objection-{on:%Y%m}'):04}",
        posting=posting,
        received_on=on,
        channel=channel,
        text=text,
        contact=contact or None,
    )
    record(by=channel, action="posting.objection", subject=f"case:{posting.case_id}", no=objection.no)
    return objection


@transaction.atomic
def answer(*, objection: Objection, by: User, outcome: str, text: str, on: dt.date) -> Objection:
    """处理异议: 成立的撤下公示, 退回调查。Raises AlreadyAnswered. 依据: 民发〔2021〕57号 第十九条"""
    objection = Objection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    if objection.outcome:
        raise AlreadyAnswered(f"异议 {objection.no} 已由 {objection.answered_by} 处理")
    posting = Posting.objects.get(pk=objection.posting_id)
    case = cases.locked(posting.case)
    cases.require_station(case, *POSTINGS)
    cases.do(case=case, by=by, duty="post", title=f"异议{Objection.Outcome(outcome).label}", on=on, note=text)
    objection.outcome, objection.answered_on, objection.answer = outcome, on, text
    objection.answered_by = by.username
    objection.save(update_fields=["outcome", "answered_on", "answer", "answered_by"])
    if outcome == Objection.Outcome.UPHELD:
        posting.withdrawn_on = on
        posting.save(update_fields=["withdrawn_on"])
        cases.move(case, "survey", on, returned=f"异议成立: {text}")
    return objection


@transaction.atomic
def send_up(*, case: Case, by: User, on: dt.date) -> Case:
    """公示期满无未结异议, 到下一站 (通常报负责人签批)。Raises cases.Blocked."""
    case = cases.locked(case)
    cases.require_station(case, *POSTINGS)
    cases.require_clear(case, facts(case), on)
    cases.do(case=case, by=by, duty="post", title=f"{STATIONS[case.station].label}期满, 上报", on=on)
    return cases.onward(case, on)
