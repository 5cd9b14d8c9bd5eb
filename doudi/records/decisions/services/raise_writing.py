"""Write a signed raise: household by household, a chunk a transaction; what has its decision is left alone."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from doudi.law.money import yuan
from doudi.records.audit.services import hold_chain, record
from doudi.records.awards.models import Award, AwardPart, Holding
from doudi.records.decisions.models import (
    Closing,
    Decision,
    DecisionReason,
    Opening,
    RaiseLine,
    StandardRaise,
)
from doudi.records.decisions.reassessing import GONE, in_the_way
from doudi.records.decisions.services.raising import State, advance, held, to_raise
from doudi.records.decisions.services.suspending import carry_over
from doudi.records.jobs import services as jobs
from doudi.records.jobs.models import Job
from doudi.records.policies.queries import pairs_of, scheme
from doudi.store.numbers import next_number

CHUNK = 200  # households a transaction: some ten rows each, and SQLite has one writer
CAUSE = "standard"


def write(job: Job) -> dict[str, Any]:
    """按块写: 一块一个事务, 写过的有决定在, 不再写。"""
    raising = StandardRaise.objects.select_related("proposal", "signed_by").get(pk=job.arguments["raise"])
    total = raising.households
    while True:
        with transaction.atomic():
            hold_chain()
            if held(raising).state != State.SIGNED:
                break
            part = list(to_raise(raising).filter(decision=None)[:CHUNK])
            if not part:
                _finish(raising)
                break
            _write(raising, part)
            jobs.progress(job, done=min(total, _decided(raising)), total=total)
    return {"households": _decided(raising)}


def _decided(raising: StandardRaise) -> int:
    return raising.lines.exclude(decision=None).count()


def _finish(raising: StandardRaise) -> None:
    advance(raising, State.DONE)
    record(by=raising.signed_by, action="raise.done", subject=raising, households=_decided(raising))


def _write(raising: StandardRaise, part: Sequence[RaiseLine]) -> None:
    barred, awards, by = in_the_way(raising.book), _awards_of(part), raising.signed_by
    assert by is not None
    lines = []
    for line in part:
        mine = {change["award"] for change in line.changes}
        why = barred.get(line.household_id, "") or ("" if mine <= awards.keys() else GONE)
        if why:
            line.left_out, line.left_out_by = why, by.username
            line.save(update_fields=["left_out", "left_out_by"])
            told = {"raising": raising.pk, "reason": why}
            record(by=by, action="raise.leave_out", subject=f"household:{line.household_id}", **told)
        else:
            lines.append(line)
    if lines:
        _write_decisions(raising, lines)
        _replace(raising, lines, awards)


def _awards_of(part: Sequence[RaiseLine]) -> dict[int, Award]:
    wanted = [change["award"] for line in part for change in line.changes]
    return Award.objects.filter(pk__in=wanted, closing=None).in_bulk()


def _write_decisions(raising: StandardRaise, lines: Sequence[RaiseLine]) -> None:
    on, by = raising.signed_on, raising.signed_by
    assert on is not None
    assert by is not None
    first = next_number(f"decision-{on:%Y}", len(lines))
    cited = {one: scheme(one).reason_of("increase", CAUSE) for one in {line.scheme for line in lines}}
    made = []
    for place, line in enumerate(lines):
        why = cited[line.scheme]
        added = yuan(line.now_fen - line.was_fen)
        made.append(
            Decision(
                no=f"{line.village_id[:6]}-{on:%Y}-D{first + place:06}", kind=Decision.Kind.RAISE, scheme=line.scheme,
                household_id=line.household_id, decided_on=on, amount_fen=line.now_fen,
                reason_code=why.code if why else "",
                reason=f"{why.label if why else '标准提高'}, 自 {raising.from_on:%Y年%-m月} 起每月增加 {added} 元",
                basis=raising.proposal.document[:120], by=by.username,
            )
        )  # fmt: skip
    Decision.objects.bulk_create(made)
    DecisionReason.objects.bulk_create(
        DecisionReason(decision=one, code=one.reason_code, amount_fen=line.now_fen - line.was_fen)
        for one, line in zip(made, lines, strict=True)
        if one.reason_code
    )
    for one, line in zip(made, lines, strict=True):
        line.decision = one
    RaiseLine.objects.bulk_update(lines, ["decision"], batch_size=CHUNK)
    record(
        by=by, action="decision.raise", subject=raising, first=made[0].no, last=made[-1].no, households=len(made),
        fen=sum(line.now_fen - line.was_fen for line in lines),
    )  # fmt: skip


def _replace(raising: StandardRaise, lines: Sequence[RaiseLine], awards: dict[int, Award]) -> None:
    """The old award ends where the new one begins; one that began after the raise's month gives way altogether."""
    assert raising.signed_on is not None
    changes = [(line, change) for line in lines for change in line.changes]
    old = [awards[change["award"]] for _, change in changes]
    starts = [max(raising.from_on, award.from_on) for award in old]
    Closing.objects.bulk_create(
        Closing(decision=line.decision, award=award, ends_on=start)
        for (line, _), award, start in zip(changes, old, starts, strict=True)
    )
    Holding.objects.filter(award__in=old, released_on=None).update(released_on=raising.signed_on)
    new = Award.objects.bulk_create(_new(old, starts, changes))
    AwardPart.objects.bulk_create(
        AwardPart(award=award, **part)
        for award, (_, change) in zip(new, changes, strict=True)
        for part in change["pays"]
    )
    Holding.objects.bulk_create(
        Holding(award=award, person_id=person, pair=pair)
        for award, (_, change) in zip(new, changes, strict=True)
        for person in change["persons"]
        for pair in pairs_of(award.scheme)
    )
    Opening.objects.bulk_create(
        Opening(decision=line.decision, award=award) for (line, _), award in zip(changes, new, strict=True)
    )
    told = zip(old, new, changes, strict=True)
    carry_over([(was, now, line.decision) for was, now, (line, _) in told if line.decision])


def _new(
    old: Sequence[Award], starts: Sequence[dt.date], changes: Sequence[tuple[RaiseLine, dict[str, Any]]]
) -> list[Award]:
    made, places = [], dict[int, int]()
    for award, start, (line, change) in zip(old, starts, changes, strict=True):
        place = places[line.pk] = places.get(line.pk, 0) + 1
        assert line.decision is not None
        made.append(
            Award(
                no=f"{line.decision.no}-A{place if place > 1 else ''}", scheme=award.scheme,
                household_id=award.household_id, payee_id=award.payee_id, village_id=award.village_id,
                persons=award.persons, amount_fen=sum(part["amount_fen"] for part in change["pays"]),
                klass=change["klass"], from_on=start,
            )
        )  # fmt: skip
    return made
