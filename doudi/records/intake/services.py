"""The window: take an application, check its papers, tell every gap at once, accept."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from doudi.records.audit.services import record
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.intake.models import Application, GapNotice, Paper
from doudi.records.intake.queries import facts
from doudi.records.people import services as people
from doudi.records.people.models import Fact, Household
from doudi.records.policies.queries import scheme
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal

MANDATE = "agent_mandate"


class AlreadyTold(Refusal):
    """缺的材料应当一次说清, 再次告知必须写明理由。"""


class NothingMissing(Refusal):
    """材料已齐, 不用告知。"""


@dataclass(frozen=True, kw_only=True)
class ApplicationDraft:
    """一份申请: 家庭、收入财产、账户、授权承诺, 一次交齐。

    `facts` pairs each fact with its member's place in `members`; None means the household's own.
    """

    scheme_id: str
    village_id: str
    kind: str
    members: Sequence[people.Member]
    address: str
    phone: str
    facts: Sequence[tuple[int | None, people.FactDraft]]
    bank: str
    account: str
    reason: str
    agent_name: str = ""
    agent_mandate: bool = False


@transaction.atomic
def submit(*, by: User, draft: ApplicationDraft, channel: str, on: dt.date) -> Case:
    """收下一份申请, 立案并登记材料清单。Raises what registering, opening and acting raise; nothing is kept then."""
    household = people.register_household(
        by=by,
        village_id=draft.village_id,
        kind=draft.kind,
        members=draft.members,
        address=draft.address,
        phone=draft.phone,
        on=on,
    )
    people.record_facts(
        by=by,
        household=household,
        facts=_facts(draft, household),
        source=Fact.Source.DECLARED,
        on=on,
        from_on=on,
    )
    people.set_account(
        by=by,
        person=household.head,
        bank=draft.bank,
        number=draft.account,
        holder_name=household.head.name,
        on=on,
    )
    return file_application(by=by, household=household, draft=draft, channel=channel, on=on)


def _facts(draft: ApplicationDraft, household: Household) -> list[people.FactDraft]:
    """Members have no key before they are registered, so facts name them by their place in the form."""
    people_ids = list(household.memberships.order_by("pk").values_list("person_id", flat=True))
    return [
        fact if place is None else replace(fact, person_id=people_ids[place]) for place, fact in draft.facts
    ]


def file_application(
    *, by: User, household: Household, draft: ApplicationDraft, channel: str, on: dt.date
) -> Case:
    """给已登记的一户立案。"""
    case = cases.open_case(by=by, household=household, scheme_id=draft.scheme_id, on=on)
    Application.objects.create(
        case=case,
        channel=channel,
        applicant=household.head,
        agent_name=draft.agent_name,
        agent_mandate=draft.agent_mandate,
        reason=draft.reason,
        authorised_on=on,
        promised_on=on,
    )
    for paper in scheme(draft.scheme_id).papers:
        if paper.code == MANDATE and not draft.agent_name:
            continue
        status = Paper.Status.FETCHED if paper.source == "system" else Paper.Status.MISSING
        Paper.objects.create(case=case, kind=paper.code, status=status, noted_on=on)
    cases.do(case=case, by=by, duty="accept", title="收到申请", on=on, note=draft.reason)
    return case


@transaction.atomic
def note_papers(*, case: Case, by: User, have: Sequence[str], on: dt.date) -> None:
    """登记收到哪些材料。"""
    case = cases.locked(case)
    cases.require_station(case, "accept")
    cases.check_may(case=case, by=by, duty="accept")
    mine = Paper.objects.filter(case=case).exclude(status=Paper.Status.FETCHED)
    mine.filter(kind__in=have).update(status=Paper.Status.HAVE, noted_on=on)
    mine.exclude(kind__in=have).update(status=Paper.Status.MISSING, noted_on=on)
    record(by=by, action="intake.papers", subject=f"case:{case.pk}", have=sorted(have))


@transaction.atomic
def tell_gaps(*, case: Case, by: User, on: dt.date, reason: str = "") -> GapNotice:
    """一次性告知全部缺项。Raises NothingMissing, AlreadyTold (再次告知要写理由). 依据: 民发〔2021〕57号 第十条"""
    case = cases.locked(case)
    cases.require_station(case, "accept")
    missing = list(
        Paper.objects.filter(case=case, status=Paper.Status.MISSING)
        .order_by("pk")
        .values_list("kind", flat=True)
    )
    if not missing:
        raise NothingMissing("材料已经齐了, 可以直接受理")
    told = GapNotice.objects.filter(case=case).count()
    if told and not reason:
        raise AlreadyTold("这件申请已经一次性告知过缺项, 再次告知请写明理由")
    cases.do(case=case, by=by, duty="accept", title="一次性告知补正", on=on, note=reason)
    return GapNotice.objects.create(
        case=case, round=told + 1, kinds=missing, reason=reason, told_on=on, told_by=by.username
    )


@transaction.atomic
def accept(*, case: Case, by: User, on: dt.date) -> Case:
    """受理: 材料齐了, 进入调查核对。Raises cases.Blocked naming what is missing. 依据: 民发〔2021〕57号 第十五条"""
    case = cases.locked(case)
    cases.require_station(case, "accept")
    cases.require_clear(case, facts(case), on)
    cases.do(case=case, by=by, duty="accept", title="受理, 转调查核对", on=on)
    return cases.move(case, "survey", on)
