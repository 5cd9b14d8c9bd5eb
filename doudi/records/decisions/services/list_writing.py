"""Write a signed list: household by household, a chunk a transaction; what has its decision is left alone."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from doudi.law.clocks import benefit_from
from doudi.records.audit.services import hold_chain, record
from doudi.records.awards.models import Award, AwardPart, Holding
from doudi.records.decisions.list_sources import month_day
from doudi.records.decisions.models import Closing, Decision, ListBatch, ListRow, Opening
from doudi.records.decisions.services.listing import State, advance, held, in_words, standing
from doudi.records.jobs import services as jobs
from doudi.records.jobs.models import Job
from doudi.records.policies.queries import pairs_of, scheme_name
from doudi.store.numbers import next_number

CHUNK = 400  # households a transaction: some six rows each, and SQLite has one writer


def write(job: Job) -> dict[str, Any]:
    """按块写: 一块一个事务, 写过的有决定在, 不再写。"""
    batch = ListBatch.objects.select_related("signed_by").get(pk=job.arguments["list"])
    while True:
        with transaction.atomic():
            hold_chain()
            if held(batch).state != State.SIGNED:
                break
            part = _part(batch)
            if not part:
                advance(batch, State.DONE)
                record(by=batch.signed_by, action="list.done", subject=batch, persons=batch.persons)
                break
            _write(batch, part)
            jobs.progress(job, done=_decided(batch), total=batch.persons)
    return {"persons": _decided(batch)}


def _decided(batch: ListBatch) -> int:
    return standing(batch).exclude(decision=None).count()


def _part(batch: ListBatch) -> list[list[ListRow]]:
    """The rows of the next households, a list a household."""
    waiting = standing(batch).filter(decision=None)
    homes = list(waiting.order_by("household").values_list("household", flat=True).distinct()[:CHUNK])
    found: dict[int, list[ListRow]] = defaultdict(list)
    for row in waiting.filter(household__in=homes).order_by("village", "household", "payee", "pk"):
        found[row.household_id].append(row)
    return list(found.values())


def _write(batch: ListBatch, homes: Sequence[list[ListRow]]) -> None:
    decisions = _decisions(batch, homes)
    for rows, decision in zip(homes, decisions, strict=True):
        for row in rows:
            row.decision = decision
    told = [row for rows in homes for row in rows]
    ListRow.objects.bulk_update(told, ["decision"], batch_size=CHUNK)
    pairs = zip(homes, decisions, strict=True)
    _open(batch, [(decision, mine) for rows, decision in pairs for mine in _by_payee(rows)])
    fen = sum(row.amount_fen for row in told)
    record(
        by=batch.signed_by, action="decision.list", subject=batch, first=decisions[0].no, last=decisions[-1].no,
        households=len(homes), fen=fen,
    )  # fmt: skip


def _decisions(batch: ListBatch, homes: Sequence[list[ListRow]]) -> list[Decision]:
    on, by = batch.signed_on, batch.signed_by
    assert on is not None
    assert by is not None
    first = next_number(f"decision-{on:%Y}", len(homes))
    return Decision.objects.bulk_create(
        Decision(
            no=f"{rows[0].village_id[:6]}-{on:%Y}-D{first + place:06}", kind=Decision.Kind.LIST, scheme=batch.scheme,
            household_id=rows[0].household_id, decided_on=on, amount_fen=sum(row.amount_fen for row in rows),
            reason=f"{scheme_name(batch.scheme)}名单“{batch.title}”, {len(rows)} 人, 发 {in_words(batch.month)}一个月",
            basis=batch.document, by=by.username,
        )
        for place, rows in enumerate(homes)
    )  # fmt: skip


def _by_payee(rows: Sequence[ListRow]) -> list[list[ListRow]]:
    found: dict[int, list[ListRow]] = defaultdict(list)
    for row in rows:
        found[row.payee_id].append(row)
    return list(found.values())


def _open(batch: ListBatch, grants: Sequence[tuple[Decision, list[ListRow]]]) -> None:
    """An award a payee, from the first of the month to the first of the next: it opens and closes with the decision."""
    start = month_day(batch.month)
    ends = benefit_from(start)
    awards = Award.objects.bulk_create(_awards(batch, grants, start))
    pairs = list(zip(grants, awards, strict=True))
    Opening.objects.bulk_create(Opening(decision=decision, award=award) for (decision, _), award in pairs)
    name = scheme_name(batch.scheme)
    AwardPart.objects.bulk_create(
        AwardPart(award=award, name=name, person_id=row.person_id, amount_fen=row.amount_fen)
        for (_, rows), award in pairs
        for row in rows
    )
    Holding.objects.bulk_create(
        Holding(award=award, person_id=row.person_id, pair=pair, released_on=ends)
        for (_, rows), award in pairs
        for row in rows
        for pair in pairs_of(batch.scheme)
    )
    Closing.objects.bulk_create(
        Closing(decision=decision, award=award, ends_on=ends) for (decision, _), award in pairs
    )


def _awards(
    batch: ListBatch, grants: Sequence[tuple[Decision, list[ListRow]]], start: dt.date
) -> list[Award]:
    made, places = [], dict[str, int]()
    for decision, rows in grants:
        place = places[decision.no] = places.get(decision.no, 0) + 1
        made.append(
            Award(
                no=f"{decision.no}-A{place if place > 1 else ''}", scheme=batch.scheme,
                household_id=rows[0].household_id, payee_id=rows[0].payee_id, village_id=rows[0].village_id,
                persons=len(rows), amount_fen=sum(row.amount_fen for row in rows), from_on=start,
            )
        )  # fmt: skip
    return made
