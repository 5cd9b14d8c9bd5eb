"""The window: take an application, check its papers, tell every gap at once, accept."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from doudi.law.identity import age_on, normalise
from doudi.records.audit.services import record
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.intake import signing
from doudi.records.intake.models import Application, GapNotice, Paper
from doudi.records.intake.queries import ADULT, facts, unsigned
from doudi.records.intake.suspecting import look_over
from doudi.records.people import services as people
from doudi.records.people.models import Fact, Household
from doudi.records.people.queries import members_on
from doudi.records.policies.queries import paper_label, scheme
from doudi.records.staff.models import User
from doudi.store.models import KeptFile
from doudi.store.refusal import Refusal

MANDATE = "agent_mandate"


class AlreadyTold(Refusal):
    """缺的材料应当一次说清, 再次告知必须写明理由。"""


class NotAskedOfCitizen(Refusal):
    """系统取得的材料不向申请人要。"""


class UnknownPaper(Refusal):
    """材料清单里没有这一种。"""


class NothingMissing(Refusal):
    """材料已齐, 不用告知。"""


class MinorHead(Refusal):
    """家里有成年人的, 不以未成年人为户主申请。"""


@dataclass(frozen=True, kw_only=True)
class ApplicationDraft:
    """一份申请: 家庭、收入财产、账户、代办手续、授权承诺, 一次交齐。

    `shared` is why the card of another household is to be used.

    `facts` pairs each fact with its member's place in `members`; None means the household's own. `authorised` and
    `promised` say what was signed on paper when it was handed in: by all adult members, and by the applicant.
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
    agent_relation: str = ""
    agent_phone: str = ""
    agent_mandate: bool = False
    mandate_photo: bytes = b""
    obligors: Sequence[people.ObligorDraft] = ()
    authorised: bool = False
    promised: bool = False
    shared: str = ""


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
    people.set_first_account(
        by=by, person=household.head, bank=draft.bank, number=draft.account, on=on, shared=draft.shared
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
    """给已登记的一户立案。Raises MinorHead."""
    _require_adult_head(household, on)
    case = cases.open_case(by=by, household=household, scheme_id=draft.scheme_id, on=on)
    photo = (
        signing.picture(draft.mandate_photo, title="委托书", by=by)
        if draft.agent_name and draft.mandate_photo
        else None
    )
    Application.objects.create(
        case=case,
        channel=channel,
        applicant=household.head,
        agent_name=draft.agent_name,
        agent_relation=draft.agent_relation if draft.agent_name else "",
        agent_phone=normalise(draft.agent_phone) or None if draft.agent_name else None,
        agent_mandate=draft.agent_mandate,
        mandate_photo=photo,
        reason=draft.reason,
    )
    _list_papers(case, draft, photo, on)
    cases.do(case=case, by=by, duty="accept", title="收到申请", on=on, note=draft.reason)
    for obligor in draft.obligors:
        people.add_obligor(by=by, household=household, draft=obligor, on=on)
    if draft.authorised or draft.promised:
        signing.sign_on_paper(case=case, by=by, authorised=draft.authorised, promised=draft.promised, on=on)
    look_over(case, on=on)
    return case


def _require_adult_head(household: Household, on: dt.date) -> None:
    """A child's name is never posted, so a child as head would hide the whole family from the board."""
    head = household.head
    here = [membership.person for membership in members_on(household, on)]
    adult = next((person for person in here if age_on(person.birth_on, on) >= ADULT), None)
    if adult and age_on(head.birth_on, on) < ADULT:
        raise MinorHead(
            f"{head.name}未成年, 家里有成年人 ({adult.name}), 请由成年人作户主和申请人; "
            "已登记的一户请先办理变更户主"
        )


def _list_papers(case: Case, draft: ApplicationDraft, mandate: KeptFile | None, on: dt.date) -> None:
    for paper in scheme(draft.scheme_id).papers:
        if paper.code == MANDATE and not draft.agent_name:
            continue
        status = Paper.Status.FETCHED if paper.source == "system" else Paper.Status.MISSING
        photo = mandate if paper.code == MANDATE else None
        Paper.objects.create(
            case=case,
            kind=paper.code,
            status=Paper.Status.HAVE if photo else status,
            photo=photo,
            noted_on=on,
        )


@transaction.atomic
def note_papers(
    *,
    case: Case,
    by: User,
    have: Sequence[str],
    on: dt.date,
    seen: Sequence[str] = (),
    copied: Sequence[str] = (),
    expected: int | None = None,
) -> None:
    """登记收到哪些材料, 哪些看过原件、留了复印件; `expected` 是打开时的案件版本。依据: 民发〔2021〕57号 第十条

    Raises StaleVersion, NotAskedOfCitizen for what the system fetches, UnknownPaper for what is not on the list.
    """
    case = cases.locked(case, expected)
    cases.require_station(case, "accept")
    cases.check_may(case=case, by=by, duty="accept")
    _refuse_unasked(case, {*have, *seen, *copied})
    mine = Paper.objects.filter(case=case).exclude(status=Paper.Status.FETCHED)
    for paper in mine.order_by("pk"):
        held = paper.kind in have or paper.photo_id is not None
        paper.status = Paper.Status.HAVE if held else Paper.Status.MISSING
        paper.original_seen, paper.copy_kept = paper.kind in seen, paper.kind in copied
        paper.noted_on = on
        paper.save()
    record(
        by=by, action="intake.papers", subject=f"case:{case.pk}", have=sorted(have), seen=sorted(seen),
        copied=sorted(copied),
    )  # fmt: skip


@transaction.atomic
def keep_paper(
    *, case: Case, by: User, kind: str, photo: bytes, on: dt.date, expected: int | None = None
) -> Paper:
    """把一份材料拍照留存, 即作收到; `expected` 是打开时的案件版本。

    Raises StaleVersion, NotAskedOfCitizen, UnknownPaper, signing.PictureRefused.
    """
    case = cases.locked(case, expected)
    cases.require_station(case, "accept")
    cases.check_may(case=case, by=by, duty="accept")
    _refuse_unasked(case, {kind})
    paper = Paper.objects.get(case=case, kind=kind)
    paper.photo = signing.picture(photo, title=paper_label(case.scheme, kind), by=by)
    paper.status, paper.noted_on = Paper.Status.HAVE, on
    paper.save()
    record(by=by, action="intake.paper_photo", subject=f"case:{case.pk}", kind=kind)
    return paper


def _refuse_unasked(case: Case, kinds: set[str]) -> None:
    """What the departments share is not taken from the citizen, not even when offered."""
    held = dict(Paper.objects.filter(case=case).values_list("kind", "status"))
    for kind in sorted(kinds):
        if kind not in held:
            raise UnknownPaper(f"这件申请的材料清单里没有“{kind}”, 请刷新后再登记")
        if held[kind] == Paper.Status.FETCHED:
            label = paper_label(case.scheme, kind)
            raise NotAskedOfCitizen(f"“{label}”由系统向有关部门取得, 不得向申请人要, 也不用登记")


@transaction.atomic
def tell_gaps(*, case: Case, by: User, on: dt.date, reason: str = "") -> GapNotice:
    """一次性告知全部缺项: 缺的材料和还没有签字的人。Raises NothingMissing, AlreadyTold (再次告知要写理由).

    依据: 民发〔2021〕57号 第十条
    """
    case = cases.locked(case)
    cases.require_station(case, "accept")
    missing = list(
        Paper.objects.filter(case=case, status=Paper.Status.MISSING)
        .order_by("pk")
        .values_list("kind", flat=True)
    )
    waiting = list(unsigned(case))
    if not missing and not waiting:
        raise NothingMissing("材料已经齐了, 该签的都签了, 可以直接受理")
    told = GapNotice.objects.filter(case=case).count()
    if told and not reason:
        raise AlreadyTold("这件申请已经一次性告知过缺项, 再次告知请写明理由")
    cases.do(case=case, by=by, duty="accept", title="一次性告知补正", on=on, note=reason)
    return GapNotice.objects.create(
        case=case,
        round=told + 1,
        kinds=missing,
        unsigned=waiting,
        reason=reason,
        told_on=on,
        told_by=by.username,
    )


@transaction.atomic
def accept(*, case: Case, by: User, on: dt.date) -> Case:
    """受理: 材料齐了, 到这条路的下一站。Raises cases.Blocked naming what is missing. 依据: 民发〔2021〕57号 第十五条"""
    case = cases.locked(case)
    cases.require_station(case, "accept")
    cases.require_clear(case, facts(case), on)
    cases.do(case=case, by=by, duty="accept", title="受理", on=on)
    return cases.onward(case, on)
