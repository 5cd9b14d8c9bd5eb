"""The bank's answers as people ask about them: which file waits for whom, which payments have had none for long."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet, Sum

from doudi.records.payments.models import PayLine, PayrollRun, ReturnDraft
from doudi.records.policies.queries import parameters

AWAITED = (PayLine.State.SENT, PayLine.State.UNKNOWN)


def drafts_of(run: PayrollRun) -> QuerySet[ReturnDraft]:
    """批次收到过的回盘, 先后为序: 待核的、已入账的、作废的。"""
    rows = ReturnDraft.objects.filter(run=run).select_related("uploaded_by", "checked_by")
    return rows.order_by("pk")


def waiting_draft(run: PayrollRun) -> ReturnDraft | None:
    """等人核对的回盘, 先来的在前; 没有为空。"""
    return drafts_of(run).filter(state=ReturnDraft.State.WAITING).first()


def draft_page(pk: int) -> ReturnDraft | None:
    """一份回盘和它的批次; 没有为空。"""
    return ReturnDraft.objects.select_related("run__maker", "uploaded_by", "checked_by").filter(pk=pk).first()


def days_to_ask(on: dt.date) -> int:
    """交银行多少天还没有结果就该去查: 由政策包定。"""
    return int(parameters(settings.COUNTY, on).value("pay.ask_bank_days"))


def long_unknown(on: dt.date) -> QuerySet[PayLine]:
    """交银行已满规定天数还没有结果的行, 早的在前; 只查不重发。"""
    since = on - dt.timedelta(days=days_to_ask(on))
    rows = PayLine.objects.filter(state__in=AWAITED, run__handed_on__lte=since).exclude(account_bi=None)
    related = rows.defer("account").select_related("run", "payee", "household")
    return related.order_by("run__handed_on", "run_id", "number", "month")


def unanswered(run: PayrollRun, on: dt.date) -> dict[str, Any]:
    """这个批次满了天数还没有结果的笔数和金额 (分)。"""
    rows = long_unknown(on).filter(run=run).order_by()
    return rows.aggregate(count=Count("number", distinct=True), fen=Sum("amount_fen", default=0))
