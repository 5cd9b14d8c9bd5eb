"""Put a household on the board, or pass the board where the law forbids the name; send it up when the term is over."""

import datetime as dt
from dataclasses import asdict

from django.db import transaction

from doudi.law import clocks
from doudi.law.masking import public_row
from doudi.law.procedure import POSTINGS, STATIONS
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.checks.queries import latest_opinion
from doudi.records.people.queries import members_on
from doudi.records.policies.queries import parameters, scheme
from doudi.records.postings.models import Posting
from doudi.records.postings.queries import facts, posted_as, unposted
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal


class AlreadyPosted(Refusal):
    """这份意见已经公示。"""


class NeverPosted(Refusal):
    """依法不公示。"""


def put_up(*, case: Case, by: User, on: dt.date) -> Case:
    """张贴; 依法不公示的记明原因, 直接到下一站。Raises AlreadyPosted, cases.Blocked."""
    if unposted(case):
        return send_up(case=case, by=by, on=on)
    return publish(case=case, by=by, on=on).case


@transaction.atomic
def publish(*, case: Case, by: User, on: dt.date) -> Posting:
    """张贴公示: 只有姓名、人数、金额三项。Raises AlreadyPosted, NeverPosted. 依据: 民发〔2021〕57号 第十九条"""
    case = cases.locked(case)
    cases.require_station(case, *POSTINGS)
    why = unposted(case)
    if why:
        raise NeverPosted(f"{why}, 依法不公示, 请直接报下一步")
    opinion = latest_opinion(case) if case.station != Posting.Round.INTAKE else None
    if Posting.objects.filter(case=case, station=case.station, withdrawn_on=None).exists():
        raise AlreadyPosted(f"这件申请的{STATIONS[case.station].label}已经张贴")
    rules = parameters(case.village_id, on)
    until_on = clocks.posting_period(on, rules, scheme(case.scheme).rulebook).objections_until
    row = public_row(
        posted_as(case).name,
        members_on(case.household, on).count(),
        opinion.amount_fen or None if opinion else None,  # a recognition has no amount to post
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
def send_up(*, case: Case, by: User, on: dt.date) -> Case:
    """公示期满无未结异议, 或者依法不公示的, 到下一站。Raises cases.Blocked."""
    case = cases.locked(case)
    cases.require_station(case, *POSTINGS)
    # Asked before what stands in the way: that list may tell of an objection, which the family's kin must not read.
    cases.check_may(case=case, by=by, duty="post")
    cases.require_clear(case, facts(case), on)
    here, why = STATIONS[case.station].label, unposted(case)
    title = f"依法不公示: {why}" if why else f"{here}期满, 上报"
    cases.do(case=case, by=by, duty="post", title=title, on=on)
    return cases.onward(case, on)
