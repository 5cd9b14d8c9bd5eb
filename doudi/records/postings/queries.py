"""What hangs on the boards, and what a posting says of its case."""

import datetime as dt
from dataclasses import replace

from django.db.models import Count, QuerySet

from doudi.law.blocks import CaseFacts
from doudi.law.clocks import posting_period
from doudi.law.procedure import POSTINGS
from doudi.records.cases.models import Case
from doudi.records.checks import queries as checks
from doudi.records.policies.queries import parameters
from doudi.records.postings.models import Objection, Posting


def current_posting(case: Case, station: str = Posting.Round.OPINION) -> Posting | None:
    """某一榜现在有效的公示: 没有撤下, 而且公示的是最近一份初审意见 (受理公示在意见之前)。"""
    hanging_now = Posting.objects.filter(case=case, station=station, withdrawn_on=None)
    if station != Posting.Round.INTAKE:
        hanging_now = hanging_now.filter(opinion=checks.latest_opinion(case), opinion__isnull=False)
    return hanging_now.first()


def posted_clear_from(case: Case) -> dict[str, dt.date]:
    """各榜自哪天起可往下走; 没有有效公示的榜不在其中。"""
    found = {station: current_posting(case, station) for station in POSTINGS}
    return {
        station: posting_period(
            posting.posted_on, parameters(case.village_id, posting.posted_on)
        ).next_step_from
        for station, posting in found.items()
        if posting
    }


def facts(case: Case) -> CaseFacts:
    """受理到公示知道的事实。"""
    objections = Objection.objects.filter(posting__case=case)
    return replace(
        checks.facts(case),
        posted_clear_from=posted_clear_from(case),
        objections_open=objections.filter(outcome="").count(),
        complaint=objections.exists(),
    )


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
