"""Debts that nobody is due any more; why a line of back-pay or of a correction is there. Nothing here writes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from doudi.law.money import yuan
from doudi.records.decisions.models import Opening, Resumption
from doudi.records.payments.models import Interception, PayLine, PayrollRun, Release
from doudi.records.payments.periods import in_words, month_start
from doudi.records.payments.settling.settlement import LIVING, UNPAID, not_due_any_more, owing_lines, unpaid

Kind = PayrollRun.Kind


@dataclass(frozen=True, slots=True)
class Stuck:
    """没有发成、那个月又不再应发的一笔, 和提出的取消 (还没有人提出为空)。"""

    line: PayLine
    release: Release | None


@dataclass(frozen=True, slots=True)
class Why:
    """补发、更正的一行为什么在: 文字, 有决定的连到决定。"""

    text: str
    decision_id: int | None = None


def stuck_lines() -> list[Stuck]:
    """全部项目里没有发成、又不再应发, 等两人取消应付的, 新的在前; 一笔重发过几次的只列最后一次。"""
    failed = PayLine.objects.filter(state__in=UNPAID).order_by("run__scheme")
    schemes = failed.values_list("run__scheme", flat=True).distinct()
    found = [one for scheme in schemes for one in _of_scheme(scheme)]
    return sorted(found, key=lambda one: (-one.line.month, one.line.pk))


def _of_scheme(scheme: str) -> Iterator[Stuck]:
    over = not_due_any_more(scheme)
    if not over:
        return
    owed: Any = unpaid(scheme).filter(pk__in=over)
    roots = dict(owed.values_list("pk", "root"))
    lines = PayLine.objects.filter(pk__in=over).exclude(repaid_by__state__in=(*UNPAID, *LIVING))
    proposed = {
        release.line_id: release
        for release in Release.objects.filter(line__in=set(roots.values())).select_related("proposed_by")
    }
    for line in lines.defer("account").select_related("run", "payee", "household").order_by("pk"):
        yield Stuck(line, proposed.get(roots[line.pk]))


def whys(lines: Sequence[PayLine]) -> dict[int, Why]:
    """补发、更正的行为什么在 (行 → 缘由): 银行的原因, 或哪一次没发、哪份决定, 应发多少、此前记了多少。"""
    repaid = PayLine.objects.filter(pk__in=[line.repays_id for line in lines]).select_related("run")
    before = {line.pk: line for line in repaid.defer("account").order_by("pk")}
    missed = [line for line in lines if line.repays_id is None]
    decided = _decided(missed)
    return {
        line.pk: _refused(before[line.repays_id]) if line.repays_id else decided[line.pk] for line in lines
    }


def _refused(line: PayLine) -> Why:
    reason = f": {line.reason}" if line.reason else ""
    return Why(f"批次 {line.run.batch_no} {line.get_state_display()}{reason}")


def _decided(lines: Sequence[PayLine]) -> dict[int, Why]:
    awards = {line.award_id for line in lines}
    openings = {
        one.award_id: one.decision
        for one in Opening.objects.filter(award__in=awards).select_related("decision").order_by("pk")
    }
    resumed = Resumption.objects.filter(suspension__award__in=awards, pays_back=True)
    back = {
        one.suspension.award_id: one
        for one in resumed.select_related("suspension", "decision").order_by("pk")
    }
    dropped = {
        (one.line.award_id, one.line.month): one
        for one in Interception.objects.filter(line__award__in=awards, outcome=Interception.Outcome.DROPPED)
        .exclude(line__in=lines)
        .select_related("line__run")
        .order_by("pk")
    }
    booked = _booked(lines)
    found = {}
    for line in lines:
        told = f"当月应发 {yuan(line.award.amount_fen)} 元, 此前已列 {yuan(booked[line.pk])} 元"
        one, again = dropped.get((line.award_id, line.month)), back.get(line.award_id)
        if one:
            found[line.pk] = Why(
                f"{in_words(line.month)}拦截未发 ({one.get_cause_display()}: {one.reason}); {told}"
            )
        elif again and again.suspension.from_on <= month_start(line.month) < again.from_on:
            found[line.pk] = Why(f"恢复 {again.decision.no}, 补发暂停的月份; {told}", again.decision_id)
        else:
            decision = openings[line.award_id]
            words = f"{decision.get_kind_display()} {decision.no}: {decision.reason}; {told}"
            found[line.pk] = Why(words, decision.pk)
    return found


def _booked(lines: Sequence[PayLine]) -> dict[int, int]:
    """Line → what the household's other lines were locked with for the same month, 分."""
    found = {}
    for line in lines:
        others = owing_lines(line.run.scheme).filter(household=line.household_id, month=line.month)
        found[line.pk] = sum(others.exclude(run=line.run_id).values_list("amount_fen", flat=True))
    return found
