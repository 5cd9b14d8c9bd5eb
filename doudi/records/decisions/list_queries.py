"""Lists as their pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from doudi.records.decisions.models import ListBatch, ListRow, ListTransfer
from doudi.records.decisions.services.listing import APPLY
from doudi.records.jobs.models import Job

VIEWS = ("in", "out")
INSURANCE = "insurance_batch"


@dataclass(frozen=True, slots=True)
class Sums:
    """人数、户数、金额 (分)、已签收的人数。"""

    persons: int = 0
    households: int = 0
    fen: int = 0
    received: int = 0


def batches() -> QuerySet[ListBatch]:
    """全部名单, 新的在前。"""
    return ListBatch.objects.select_related("built_by", "signed_by").order_by("-pk")


def rows(batch: ListBatch, view: str = "") -> QuerySet[ListRow]:
    """名单上的人, 村、户为序; `view` 是 in (列入的) 或 out (不列入的), 空着为全部。"""
    found = ListRow.objects.filter(batch=batch).select_related(
        "person", "payee", "household", "village__parent", "base", "decision"
    )
    if view:
        found = found.filter(left_out="") if view == "in" else found.exclude(left_out="")
    return found.order_by("village_id", "household_id", "pk")


def sums(batch: ListBatch) -> Mapping[str, Sums]:
    """列入的和不列入的各多少, 键同 `rows` 的 view。"""
    found = {}
    for view in VIEWS:
        told = rows(batch, view).order_by().aggregate(
            n=Count("pk"), homes=Count("household", distinct=True), fen=Sum("amount_fen"),
            got=Count("pk", filter=Q(received_on__isnull=False)),
        )  # fmt: skip
        found[view] = Sums(told["n"], told["homes"], told["fen"] or 0, told["got"])
    return found


def unsigned(batch: ListBatch) -> QuerySet[ListRow]:
    """签发了的实物名单上列入的、还没有签收的人; 别的名单没有。"""
    if batch.scheme != "goods" or batch.state != ListBatch.State.DONE:
        return ListRow.objects.none()
    return rows(batch, "in").filter(received_on=None)


def drafted(batches: Sequence[ListBatch]) -> Mapping[int, Sums]:
    """还没有签发的各份现在列入多少, 键是名单。"""
    waiting = [one.pk for one in batches if one.state == ListBatch.State.DRAFT]
    told = ListRow.objects.filter(batch__in=waiting, left_out="").values("batch").order_by("batch")
    return {
        row["batch"]: Sums(persons=row["n"], fen=row["fen"] or 0)
        for row in told.annotate(n=Count("pk"), fen=Sum("amount_fen"))
    }


def transfer_states(batches: Sequence[ListBatch]) -> Mapping[int, str]:
    """签发了的各份保险名单的保费付到哪一步, 键是名单; 还没有登记转账的为空文字。"""
    signed = [one.pk for one in batches if one.scheme == INSURANCE and one.state == ListBatch.State.DONE]
    told = ListTransfer.objects.filter(batch__in=signed).order_by("pk").values_list("batch", "state")
    return dict.fromkeys(signed, "") | dict(told)


def declined_of(batch: ListBatch) -> ListTransfer | None:
    """最后退回的一笔保费转账, 还没有另登记的。"""
    last = ListTransfer.objects.filter(batch=batch).select_related("declined_by").order_by("-pk").first()
    return last if last and last.state == ListTransfer.State.DECLINED else None


def transfer_of(batch: ListBatch) -> ListTransfer | None:
    """这份名单的保费转账, 退回的不算。"""
    rows = ListTransfer.objects.filter(batch=batch).exclude(state=ListTransfer.State.DECLINED)
    return rows.select_related("registered_by", "reviewed_by", "approved_by").first()


def job_of(batch: ListBatch) -> Job | None:
    """正在写入这份名单的任务。"""
    return Job.objects.filter(key=f"{APPLY}:{batch.pk}").first()
