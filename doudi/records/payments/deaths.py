"""Money that failed for somebody reported dead meanwhile: it waits for the decision about the award."""

import datetime as dt

from django.db.models import Q, QuerySet

from doudi.records.awards.models import AwardPart, Holding
from doudi.records.payments.models import PayLine
from doudi.records.payments.periods import month_start
from doudi.records.people.models import Person


def waiting_for_decision(lines: QuerySet[PayLine]) -> dict[int, str]:
    """没有发成的行 → 谁有死亡报告: 领款人, 或那个月之前死亡的受助人; 待遇还没有变动决定的, 先不重发。

    Once the award has been ended the law says what the month was worth, and the reviewer to whom it goes.
    """
    open_lines = lines.filter(award__closing=None).order_by()
    placed = {pk: (award, month) for pk, award, month in open_lines.values_list("pk", "award_id", "month")}
    dead = Person.objects.filter(Q(died_on__isnull=False) | Q(death_reported_on__isnull=False))
    found = dict(open_lines.filter(payee__in=dead).values_list("pk", "payee__name"))
    awards = {award for award, _ in placed.values()}
    for model in (Holding, AwardPart):
        rows = model._default_manager.filter(award__in=awards, person__in=dead).order_by("pk")
        for award, name, died_on, reported_on in rows.values_list(
            "award_id", "person__name", "person__died_on", "person__death_reported_on"
        ):
            known_on = died_on or reported_on or dt.date.max
            for pk, (theirs, month) in placed.items():
                if theirs == award and known_on < month_start(month):
                    found.setdefault(pk, name)
    return found


def persons_of(lines: QuerySet[PayLine]) -> set[int]:
    """这些发放行保障着谁, 连同领款人。"""
    held = Holding.objects.filter(award__in=lines.values("award")).values_list("person_id", flat=True)
    parts = AwardPart.objects.filter(award__in=lines.values("award"), person__isnull=False)
    return {*held, *parts.values_list("person_id", flat=True), *lines.values_list("payee_id", flat=True)}
