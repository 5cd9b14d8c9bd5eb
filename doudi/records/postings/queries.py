"""What hangs on the boards, and what a posting says of its case."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, QuerySet

from doudi.law.blocks import CaseFacts
from doudi.law.identity import age_on
from doudi.law.masking import unposted_because
from doudi.law.procedure import POSTINGS
from doudi.records.areas.queries import codes_above
from doudi.records.cases.models import Case
from doudi.records.cases.services import procedure_of
from doudi.records.checks import queries as checks
from doudi.records.checks.assessing import explain
from doudi.records.people.models import Person
from doudi.records.people.queries import members_on
from doudi.records.policies.queries import parameters, scheme
from doudi.records.postings.models import BoardPhoto, Hotline, Objection, Posting

# What sending a case on from a board is called, by the station it goes to.
SENDS = {
    "survey": "转入户调查",
    "panel": "转民主评议",
    "review": "转初审",
    "sign": "报签批",
    "intend": "报县级",
    "confirm": "报县级",
}


@dataclass(frozen=True)
class Contact:
    """一级的监督渠道: 哪个地方、号码或位置。"""

    area_code: str
    place: str
    text: str


def sends_to(case: Case) -> str:
    """公示之后送到哪里。"""
    following = procedure_of(case).after(case.station)
    return SENDS.get(str(following), "转下一步")


def unposted(case: Case) -> str:
    """这件申请为什么依法不公示; 应当公示的为空。"""
    return unposted_because(
        posted_by_name=scheme(case.scheme).posted_by_name,
        age=age_on(posted_as(case).birth_on, case.accepted_on),
        adult_age=_adult_age(case),
    )


def posted_as(case: Case) -> Person:
    """榜上写谁的名字: 户主; 户主未成年的, 写计入保障人口的第一个成年人; 没有成年人的仍是户主, 依法不公示。"""
    head, on = case.household.head, case.accepted_on
    if age_on(head.birth_on, on) >= _adult_age(case):
        return head
    left_out = _left_out(case)
    for membership in members_on(case.household, on):
        person = membership.person
        if person.pk not in left_out and age_on(person.birth_on, on) >= _adult_age(case):
            return person
    return head


def _adult_age(case: Case) -> int:
    return int(parameters(case.village_id, case.accepted_on).value("dibao.member.minor_age"))


def _left_out(case: Case) -> set[int]:
    """Whom the latest sum does not count; before there is a sum everybody counts."""
    found = checks.latest_assessment(case)
    rows = explain(found).values["person"] if found else []
    return {row["person_id"] for row in rows if not row.get("counted", True)}


def current_posting(case: Case, station: str = Posting.Round.OPINION) -> Posting | None:
    """某一榜现在有效的公示: 没有撤下, 而且公示的是最近一份初审意见 (受理公示在意见之前)。"""
    hanging_now = Posting.objects.filter(case=case, station=station, withdrawn_on=None)
    if station != Posting.Round.INTAKE:
        hanging_now = hanging_now.filter(opinion=checks.latest_opinion(case), opinion__isnull=False)
    return hanging_now.first()


def facts(case: Case) -> CaseFacts:
    """受理到公示知道的事实。"""
    postings = {station: current_posting(case, station) for station in POSTINGS}
    about = list(Objection.objects.filter(case=case).values_list("kind", "outcome"))
    known, here = checks.facts(case), postings.get(case.station)
    return replace(
        known,
        unposted=unposted(case),
        posted_clear_from={
            station: posting.until_on + dt.timedelta(days=1)
            for station, posting in postings.items()
            if posting
        },
        photos_missing=missing_photos(here) if here else (),
        objections_open=sum(kind == Objection.Kind.OBJECTION and not outcome for kind, outcome in about),
        complaint=bool(about),
    )


def photos_of(posting: Posting) -> QuerySet[BoardPhoto]:
    """这张榜 (同村、同榜次、同一天张贴) 传回的照片, 新的在前。"""
    of_sheet = BoardPhoto.objects.filter(
        village=posting.village_id, station=posting.station, posted_on=posting.posted_on
    )
    return of_sheet.select_related("file").order_by("-pk")


def missing_photos(posting: Posting) -> tuple[str, ...]:
    """这张榜还没有传回的照片。"""
    sent = set(photos_of(posting).values_list("moment", flat=True))
    return tuple(str(moment.label) for moment in BoardPhoto.Moment if moment not in sent)


def hanging(on: dt.date) -> QuerySet[Posting]:
    """某日在公示期内的公示, 期满或撤下的不在其中。"""
    return Posting.objects.filter(posted_on__lte=on, until_on__gte=on, withdrawn_on=None)


def on_board(village_id: str, on: dt.date) -> QuerySet[Posting]:
    """某村某日在公示期内的公示。"""
    return hanging(on).filter(village_id=village_id).select_related("case").order_by("posted_on", "pk")


def count_by_village(on: dt.date) -> dict[str, int]:
    """某日各村正在公示的户数; 没有公示的村不在其中。"""
    rows = hanging(on).order_by().values_list("village_id").annotate(Count("pk"))
    return dict(rows)


def contacts(kind: str, area_code: str) -> Sequence[Contact]:
    """从本地到省各级登记的监督渠道, 近的在前; 没有登记的一级不在其中。"""
    rows = Hotline.objects.filter(kind=kind, area__in=codes_above(area_code)).select_related("area")
    return [Contact(row.area_id, row.area.name, row.text) for row in rows.order_by("-area_id")]
