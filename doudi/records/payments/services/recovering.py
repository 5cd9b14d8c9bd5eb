"""Money that was not due comes back: ordered by two, paid in instalments, given up by two. Never out of later benefits.

The ledger: confirmed Dr 1201 / Cr the scheme's expense (it was never due); paid in Dr 1001 / Cr 1201; written off
Dr the scheme's expense / Cr 1201 (the county bears it after all); cancelled Dr expense / Cr 1201 for what had not
come in, while what had come in counts as paid back and is owed again, so that the next back-pay run returns it.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from doudi.law.identity import normalise
from doudi.law.money import yuan
from doudi.law.paying import OPEN_ENDED
from doudi.records.audit.services import hold_chain, record
from doudi.records.cases.models import Hand
from doudi.records.ledger import accounts
from doudi.records.ledger.services import Posting, post
from doudi.records.payments.duties import require
from doudi.records.payments.models import Instalment, Recovery, RecoveryMonth, RecoveryReceipt
from doudi.records.payments.periods import in_words
from doudi.records.payments.recovery.recoveries import Excess, outstanding_of, overpaid, received_of
from doudi.records.payments.recovery.refusals import (
    CauseUnreadable,
    DocumentUsed,
    GroundMissing,
    NothingOverpaid,
    OverpaymentChanged,
    PlanDisagrees,
    PlanUnordered,
    ReceiptUnreadable,
    RecoveryNotAt,
    RelativeOfTheirs,
    SameHandsOnRecovery,
    TooMuchReceived,
)
from doudi.records.payments.refusals import CaseWorkerOfTheirs
from doudi.records.payments.settling.settlement import settled
from doudi.records.people.models import Household
from doudi.records.people.queries import relatives_of
from doudi.records.staff.models import User
from doudi.store.failpoints import step
from doudi.store.numbers import next_number
from doudi.store.today import today

Cause, State = Recovery.Cause, Recovery.State
Plan = Sequence[tuple[dt.date, int]]
MOST_MONTHS = 36


@step("recovery.order")
def order_recovery(
    *,
    household: Household,
    scheme: str,
    cause: str,
    reason: str,
    basis: str,
    by: User,
    person: int = 0,
    plan: Plan = (),
) -> Recovery:
    """提出追缴: 这一户 (按人的项目是这个人) 该追的各月一次列全; 由发放复核提出, 另一人批准之后入账。

    `plan` are (day, 分) of the instalments, summing to the whole. Raises DutyNotYours, CaseWorkerOfTheirs,
    RelativeOfTheirs, CauseUnreadable, GroundMissing, NothingOverpaid, PlanDisagrees, PlanUnordered.
    """
    require("提出追缴", by)
    hold_chain()  # one at a time: the second of two finds the months of the first
    require_no_ties(household, by)
    if cause not in Cause.values:
        raise CauseUnreadable
    if not reason.strip() or not basis.strip():
        raise GroundMissing("提出追缴")
    excess, in_transit = _excess(household, scheme, person)
    if not excess:
        raise NothingOverpaid(household.no, yuan(in_transit) if in_transit else "")
    month = f"{today():%Y%m}"
    made = Recovery.objects.create(
        no=f"ZJ{month}-{next_number(f'recovery:{month}'):04}", scheme=scheme, household=household,
        payee_id=excess[-1].payee_id, village_id=household.village_id, cause=cause, reason=reason.strip(),
        basis=basis.strip(), amount_fen=sum(one.fen for one in excess), ordered_on=today(), ordered_by=by,
    )  # fmt: skip
    for one in excess:
        RecoveryMonth.objects.create(
            recovery=made, line_id=one.line_id, award_id=one.award_id, month=one.month, fen=one.fen,
            stands_fen=one.fen,
        )  # fmt: skip
    if plan:
        _agree(made, plan, made.amount_fen)
    record(by=by, action="recovery.propose", subject=made, no=made.no, household=household.no, cause=cause,
           fen=made.amount_fen, months=sorted({one.month for one in excess}))  # fmt: skip
    return made


def _excess(household: Household, scheme: str, person: int) -> tuple[list[Excess], int]:
    mine = [row for row in overpaid(household) if row.scheme == scheme and person in (0, row.person_id)]
    mine = mine[:1]
    found = sorted((one for row in mine for one in row.payable), key=lambda one: (one.month, one.line_id))
    return found[:MOST_MONTHS], sum(row.in_transit_fen for row in mine)


def require_no_ties(household: Household, by: User) -> None:
    """没有办过这一户的案件、不是近亲属才放行。Raises CaseWorkerOfTheirs, RelativeOfTheirs."""
    if Hand.objects.filter(user=by, case__household=household).exists():
        raise CaseWorkerOfTheirs(household.no)
    if relatives_of(household.pk).filter(user=by).exists():
        raise RelativeOfTheirs(household.no)


def hold_recovery(recovery: Recovery, act: str, by: User, *states: str) -> Recovery:
    """占住这件追缴直到事务结束, 在这些状态之一、办的人没有牵连才放行。Raises RecoveryNotAt, as require_no_ties."""
    held = Recovery.objects.select_for_update(of=("self",)).get(pk=recovery.pk)
    require_no_ties(held.household, by)
    if held.state not in states:
        raise RecoveryNotAt(held.no, act, str(held.get_state_display()))
    return held


@step("recovery.confirm")
def confirm_recovery(recovery: Recovery, by: User) -> Recovery:
    """批准追缴: 由提出人以外的发放审批办, 从此记为应追缴款。再批一次不起作用。

    Raises DutyNotYours, RecoveryNotAt, SameHandsOnRecovery, OverpaymentChanged, as require_no_ties.
    """
    require("批准追缴", by)
    held = hold_recovery(recovery, "批准", by, State.PROPOSED, State.ORDERED)
    if held.state == State.ORDERED and held.confirmed_by_id == by.pk:
        return held
    if held.state != State.PROPOSED:
        raise RecoveryNotAt(held.no, "批准", str(held.get_state_display()))
    if held.ordered_by_id == by.pk:
        raise SameHandsOnRecovery("这件追缴")
    if unfounded_months(held):
        raise OverpaymentChanged(held.no)
    held.state, held.confirmed_by, held.confirmed_on = State.ORDERED, by, today()
    held.save(update_fields=["state", "confirmed_by", "confirmed_on"])
    expense = accounts.expense_of(held.scheme)
    lines: list[Posting] = [(expense, "C", one.fen, one.line_id) for one in held.months.order_by("pk")]
    _post(held, "order", "追缴", [(accounts.RECOVERABLE, "D", held.amount_fen, None), *lines])
    record(by=by, action="recovery.confirm", subject=held, no=held.no, fen=held.amount_fen)
    return held


def unfounded_months(recovery: Recovery) -> list[int]:
    """照现在的决定又应发了的月份: 有就应当撤销这件追缴。"""
    mine = set(
        RecoveryMonth.objects.filter(recovery=recovery, stands_fen__gt=0).values_list("month", flat=True)
    )
    rows = settled(recovery.scheme, OPEN_ENDED, household=recovery.household_id) if mine else []
    return sorted({row.month for row in rows if row.unfounded_fen and row.month in mine})


@transaction.atomic
def agree_instalments(recovery: Recovery, plan: Plan, by: User) -> list[Instalment]:
    """约定分期: 各期合计等于还差的数; 另行约定的照新的算。

    Raises DutyNotYours, RecoveryNotAt, PlanDisagrees, PlanUnordered.
    """
    require("约定分期", by)
    held = hold_recovery(recovery, "约定分期", by, State.PROPOSED, State.ORDERED)
    made = _agree(held, plan, outstanding_of(held))
    record(by=by, action="recovery.plan", subject=held, no=held.no,
           plan=[[one.due_on.isoformat(), one.fen] for one in made])  # fmt: skip
    return made


def _agree(recovery: Recovery, plan: Plan, outstanding: int) -> list[Instalment]:
    days = [day for day, _ in plan]
    if not plan or any(fen <= 0 for _, fen in plan) or days != sorted(set(days)) or days[0] < today():
        raise PlanUnordered
    if sum(fen for _, fen in plan) != outstanding:
        raise PlanDisagrees(yuan(sum(fen for _, fen in plan)), yuan(outstanding))
    last = (
        Instalment.objects.filter(recovery=recovery).order_by("-plan").values_list("plan", flat=True).first()
    )
    return [
        Instalment.objects.create(recovery=recovery, plan=(last or 0) + 1, number=place, due_on=day, fen=fen)
        for place, (day, fen) in enumerate(plan, start=1)
    ]


@step("recovery.receive")
def receive_recovery(
    recovery: Recovery, *, document_no: str, on: dt.date, fen: int, how: str, by: User
) -> RecoveryReceipt:
    """登记追缴到账, 交清的就此了结。同一张单据再登记一次不起作用。

    Raises DutyNotYours, RecoveryNotAt, ReceiptUnreadable, DocumentUsed, TooMuchReceived.
    """
    require("登记追缴到账", by)
    number = normalise(document_no).strip()
    held = hold_recovery(recovery, "登记到账", by, State.ORDERED, State.SETTLED)
    known = RecoveryReceipt.objects.filter(recovery=held, document_no=number).first()
    if known:
        if (known.fen, known.on, known.how) != (fen, on, how):
            raise DocumentUsed(number)
        return known
    _require_receipt(held, number, on, fen, how)
    made = RecoveryReceipt.objects.create(recovery=held, document_no=number, on=on, fen=fen, how=how, by=by)
    _post(held, f"receipt:{made.pk}", f"追缴到账 {number}",
          [(accounts.CASH, "D", fen, None), (accounts.RECOVERABLE, "C", fen, None)])  # fmt: skip
    record(by=by, action="recovery.receive", subject=held, no=held.no, document=number, fen=fen)
    if outstanding_of(held) == 0:
        for asked in held.write_offs.filter(approved_on=None, declined_on=None):
            asked.declined_on, asked.declined_by, asked.declined_reason = today(), by, "已经缴清"
            asked.save(update_fields=["declined_on", "declined_by", "declined_reason"])
        end_recovery(held, State.SETTLED, "已经缴清")
    return made


def _require_receipt(held: Recovery, number: str, on: dt.date, fen: int, how: str) -> None:
    if held.state != State.ORDERED:
        raise RecoveryNotAt(held.no, "登记到账", str(held.get_state_display()))
    if not number:
        raise ReceiptUnreadable("请填写单据号")
    if how not in RecoveryReceipt.How.values:
        raise ReceiptUnreadable("请选缴款方式")
    if fen <= 0:
        raise ReceiptUnreadable("金额要大于零")
    if on > today() or on < held.ordered_on:
        raise ReceiptUnreadable(f"到账日期 {on} 要在提出追缴 ({held.ordered_on}) 之后、今天之前")
    if fen > outstanding_of(held):
        raise TooMuchReceived(yuan(fen), yuan(outstanding_of(held)))


def end_recovery(held: Recovery, state: str, reason: str) -> None:
    """了结: 写明怎么了结的。Runs in the caller's transaction on a held recovery."""
    held.state, held.ended_on, held.ended_reason = state, today(), reason
    held.save(update_fields=["state", "ended_on", "ended_reason"])


@step("recovery.cancel")
def cancel_recovery(recovery: Recovery, reason: str, by: User) -> Recovery:
    """撤销追缴 (死亡信息有误、决定更正等) 或退回还没有批准的: 没有到账的原样冲回, 已经到账的算作少发, 由补发退还。

    由提出人以外的人办。Raises DutyNotYours, GroundMissing, RecoveryNotAt, SameHandsOnRecovery.
    """
    require("撤销追缴", by)
    if not reason.strip():
        raise GroundMissing("撤销追缴")
    held = hold_recovery(recovery, "撤销", by, State.PROPOSED, State.ORDERED)
    if held.ordered_by_id == by.pk:
        raise SameHandsOnRecovery("这件追缴")
    was_confirmed, received = held.state == State.ORDERED, received_of([held.pk]).get(held.pk, 0)
    end_recovery(held, State.CANCELLED, reason.strip())
    back = _given_up(held, received)
    if was_confirmed and back:
        total = sum(entry[2] for entry in back)
        _post(held, "cancel", "撤销追缴", [*back, (accounts.RECOVERABLE, "C", total, None)])
    record(
        by=by, action="recovery.cancel", subject=held, no=held.no, reason=reason.strip(), received=received
    )
    return held


def _given_up(held: Recovery, received: int) -> list[Posting]:
    """What came in stands for the earliest months; the rest of each month stands no longer."""
    expense, left = accounts.expense_of(held.scheme), received
    back: list[Posting] = []
    for one in held.months.order_by("month", "pk"):
        one.stands_fen = min(left, one.fen)
        left -= one.stands_fen
        one.save(update_fields=["stands_fen"])
        if one.fen > one.stands_fen:
            back.append((expense, "D", one.fen - one.stands_fen, one.line_id))
    return back


def _post(held: Recovery, what: str, words: str, entries: list[Posting]) -> None:
    months = held.months.order_by("month").values_list("month", flat=True)
    memo = f"{words}, {held.no}, {in_words(months[0])}起多发"
    kind = f"recovery.{what.partition(':')[0]}"
    post(key=f"recovery:{held.no}:{what}", kind=kind, on=today(), memo=memo, entries=entries)


def post_write_off(held: Recovery, fen: int) -> None:
    """核销入账: 借支出, 贷应追缴款。Runs in the caller's transaction on a held recovery."""
    expense = accounts.expense_of(held.scheme)
    _post(held, "write_off", "追缴核销", [(expense, "D", fen, None), (accounts.RECOVERABLE, "C", fen, None)])
