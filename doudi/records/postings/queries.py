"""What hangs on the boards, and what a posting says of its case."""

import datetime as dt
from dataclasses import replace

from django.db.models import Count, QuerySet

from doudi.law.clocks import posting_period
from doudi.law.procedure import CaseFacts
from doudi.records.cases.models import Case
from doudi.records.checks import queries as checks
from doudi.records.policies.queries import parameters
from doudi.records.postings.models import Objection, Posting


def current_posting(case: Case) -> Posting | None:
    """现在有效的公示: 公示的是最近一份初审意见, 而且没有撤下。"""
    opinion = checks.latest_opinion(case)
    return Posting.objects.filter(case=case, opinion=opinion, withdrawn_on=None).first() if opinion else None


def facts(case: Case) -> CaseFacts:
    """受理到公示知道的事实。"""
    posting = current_posting(case)
    objections = Objection.objects.filter(posting__case=case)
    rules = parameters(case.village_id, posting.posted_on) if posting else None
    return replace(
        checks.facts(case),
        posting_next_from=posting_period(posting.posted_on, rules).next_step_from
        if posting and rules
        else None,
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
