"""Raises of the standard: which are due, what one does to the roll, one household of it with its steps."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum

from doudi.law.case import with_usual
from doudi.law.evaluation import Outcome, evaluate
from doudi.records.checks.assessing import RULEBOOKS, inputs_of
from doudi.records.decisions.models import RaiseLine, StandardRaise
from doudi.records.decisions.reassessing import books_of, sides
from doudi.records.jobs.models import Job
from doudi.records.policies.models import PolicyProposal
from doudi.records.staff.models import User

Effect = RaiseLine.Effect


@dataclass(frozen=True, slots=True)
class Sums:
    """户数和每月金额 (分): 在册的、按新标准的。"""

    households: int = 0
    was_fen: int = 0
    now_fen: int = 0


def raises() -> QuerySet[StandardRaise]:
    """全部调标批次, 新的在前。"""
    return StandardRaise.objects.select_related("proposal", "built_by", "signed_by").order_by("-pk")


def due() -> list[tuple[PolicyProposal, str]]:
    """签发了的、改到金额的参数改动和它改到的规则书: 可以据以调标的, 新的在前。"""
    signed = PolicyProposal.objects.filter(state=PolicyProposal.State.SIGNED).prefetch_related("items")
    return [
        (one, book)
        for one in signed.order_by("-since", "-pk")
        for book in books_of([item.path for item in one.items.all()], one.since)
    ]


def job_of(raising: StandardRaise) -> Job | None:
    """正在核算或写入这一批的任务。"""
    kind = "apply" if raising.signed_by_id else "build"
    return Job.objects.filter(key=f"raise.{kind}:{raising.pk}").first()


def lines(raising: StandardRaise, view: str = "") -> QuerySet[RaiseLine]:
    """名单: `view` 是一种结果, 或 out (提高而不随批办的)、up (随批提高的); 空着为全部。"""
    rows = RaiseLine.objects.filter(raising=raising).select_related("household__head", "village__parent")
    if view in ("up", "out"):
        rows = rows.filter(effect=Effect.UP)
        rows = rows.filter(left_out="") if view == "up" else rows.exclude(left_out="")
    elif view:
        rows = rows.filter(effect=view)
    return rows.order_by("village_id", "household_id")


def sums(raising: StandardRaise) -> Mapping[str, Sums]:
    """各种结果的户数和金额, 键同 `lines` 的 view。"""
    found = {name: Sums() for name in ("up", "out", *(one for one in Effect.values if one != Effect.UP))}
    for row in (
        lines(raising)
        .order_by()
        .values("effect", "left_out")
        .annotate(n=Count("pk"), was=Sum("was_fen"), now=Sum("now_fen"))
    ):
        name = "out" if row["left_out"] else row["effect"]
        old = found[name]
        found[name] = Sums(old.households + row["n"], old.was_fen + row["was"], old.now_fen + row["now"])
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """一批调标在一个村: 几户写了决定, 其中几户已经送达告知书。"""

    raising: StandardRaise
    village: str
    households: int
    delivered: int


def decided(user: User) -> QuerySet[RaiseLine]:
    """职权范围内随批提高、已经写了决定的各户。"""
    found: QuerySet[RaiseLine] = RaiseLine.objects.visible_to(user).exclude(decision=None)
    return found


def told(user: User) -> list[Told]:
    """各批各村的告知书: 写了几户、送了几户, 新的批次在前。"""
    rows = decided(user).order_by("-raising", "village").values_list("raising", "village")
    sums = list(rows.annotate(n=Count("pk"), sent=Count("decision__delivery")))
    known = raises().in_bulk({row[0] for row in sums})
    return [Told(known[pk], village, count, sent) for pk, village, count, sent in sums]


def letters(user: User, raising: StandardRaise, village: str) -> list[int]:
    """一批调标在一个村要送的告知书: 各户决定的编号, 户为序。"""
    rows = decided(user).filter(raising=raising, village=village).order_by("household_id")
    return [pk for pk in rows.values_list("decision_id", flat=True) if pk]


def explained(line: RaiseLine) -> Outcome:
    """这一户按新标准算的每一步; 用现在的资料。"""
    raising = line.raising
    book, on = RULEBOOKS[raising.book], raising.assessed_on
    return evaluate(book, with_usual(book, inputs_of(line.household, on)), sides(raising)[1], on)


def first_months(proposal: PolicyProposal) -> list[dt.date]:
    """调标可以自哪个月起: 生效月和以前一年, 近的在前。"""
    last = proposal.since.year * 12 + proposal.since.month - 1
    return [dt.date(place // 12, place % 12 + 1, 1) for place in range(last, last - 13, -1)]
