"""Money that comes in, what the office itself spends, what a year may cost: registered by one, checked by another."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max

from doudi.law.identity import normalise
from doudi.law.money import yuan
from doudi.records.audit.services import hold_chain, record
from doudi.records.ledger import accounts
from doudi.records.ledger.fund_refusals import (
    AccountDoesNotFit,
    BudgetUnreadable,
    DocumentKnown,
    FundDutyNotYours,
    SameHandsOnVoucher,
    VoucherSettled,
    VoucherUnreadable,
    WorkFundShort,
)
from doudi.records.ledger.models import (
    AccountMove,
    Budget,
    FundReceipt,
    Level,
    SpecialAccount,
    Voucher,
    WorkVoucher,
)
from doudi.records.ledger.queries import work_balance
from doudi.records.ledger.services.posting import Posting, post, require_open
from doudi.records.ledger.special_accounts import open_accounts, payers
from doudi.records.policies.queries import scheme_name
from doudi.records.staff.models import Role, User
from doudi.records.staff.presence import require_present
from doudi.store.today import today

State, Kind = Voucher.State, FundReceipt.Kind


def require(act: str, role: Role, by: User) -> None:
    """这一步归这个人的岗位办、今天又在岗才放行。Raises FundDutyNotYours, AwayNow."""
    if by.role != role or not by.is_active:
        yours = Role(by.role).label if by.role in Role.values else "未设岗位"
        raise FundDutyNotYours(act, str(role.label), str(yours))
    require_present(by)


@transaction.atomic
def register_receipt(
    *,
    kind: str,
    level: str,
    scheme: str,
    document_no: str,
    on: dt.date,
    fen: int,
    by: User,
    account: SpecialAccount | None = None,
) -> FundReceipt:
    """登记资金到账 (拨款或年初结余), 等另一人核对; 没有核对的不算数。`scheme` 空着为全部救助。

    设了专户的要写明进了哪个专户。同一份文件同样的内容再登记不起作用。
    Raises FundDutyNotYours, VoucherUnreadable, MonthClosed, AccountDoesNotFit, DocumentKnown.
    依据: 649号令 第五条
    """
    require("登记资金到账", Role.PAYER, by)
    if kind not in Kind.values or level not in Level.values:
        raise VoucherUnreadable("请选拨款或年初结余, 和资金级次")
    if scheme:
        accounts.expense_of(scheme)
    number = voucher_number(document_no, on, fen)
    hold_chain()
    known = FundReceipt.objects.filter(level=level, document_no=number, scheme=scheme)
    told: FundReceipt | None = same_voucher(
        known.exclude(state=State.DECLINED).first(),
        {"kind": kind, "on": on, "fen": fen, "account_id": account.pk if account else None},
    )
    if told:
        return told
    require_open(on)
    _require_fitting(account, scheme, on)
    made = FundReceipt.objects.create(
        kind=kind, level=level, scheme=scheme, document_no=number, on=on, fen=fen, account=account,
        registered_by=by, registered_on=today(),
    )  # fmt: skip
    record(by=by, action="fund.register", subject=made, document=number, level=level, scheme=scheme, fen=fen)
    return made


@transaction.atomic
def register_work(
    *, kind: str, purpose: str, document_no: str, on: dt.date, fen: int, by: User
) -> WorkVoucher:
    """登记工作经费的收入或支出, 等另一人核对。

    Raises FundDutyNotYours, VoucherUnreadable, MonthClosed, DocumentKnown.
    """
    require("登记工作经费", Role.PAYER, by)
    if kind not in WorkVoucher.Kind.values or not purpose.strip():
        raise VoucherUnreadable("请选收入或支出, 并写明用途", field="purpose")
    number = voucher_number(document_no, on, fen)
    hold_chain()
    known = WorkVoucher.objects.filter(kind=kind, document_no=number).exclude(state=State.DECLINED).first()
    told: WorkVoucher | None = same_voucher(known, {"on": on, "fen": fen, "purpose": purpose.strip()})
    if told:
        return told
    require_open(on)
    made = WorkVoucher.objects.create(
        kind=kind, purpose=purpose.strip(), document_no=number, on=on, fen=fen, registered_by=by,
        registered_on=today(),
    )  # fmt: skip
    record(by=by, action="work.register", subject=made, document=number, fen=fen, purpose=made.purpose)
    return made


def voucher_number(document_no: str, on: dt.date, fen: int) -> str:
    """单据号写成一样的样子; 日期没有到、金额不对的不收。Raises VoucherUnreadable."""
    number = normalise(document_no).strip()
    if not number:
        raise VoucherUnreadable("请填写文号或单据号", field="document_no")
    if on > today():
        raise VoucherUnreadable(f"日期 {on} 还没有到, 请按银行到账的日期填", field="on")
    if type(fen) is not int or fen <= 0:
        raise VoucherUnreadable("金额要大于零", field="fen")
    return number


def _require_fitting(account: SpecialAccount | None, scheme: str, on: dt.date) -> None:
    """Once there is a special account, money comes into one that is in use and pays what it is for."""
    known = {one.pk: one for one in open_accounts()}
    if account is None:
        if known:
            raise AccountDoesNotFit("请选到账的专户")
        return
    held = known.get(account.pk)
    if held is None:
        raise AccountDoesNotFit(f"尾号 {account.last4} 的专户不在用, 请选在用的专户")
    if on < held.opened_on:
        raise AccountDoesNotFit(
            f"尾号 {held.last4} 的专户 {held.opened_on} 才开户, 到账日期 {on} 不会进这个专户"
        )
    if scheme and payers().of(scheme, on) != held.pk:
        raise AccountDoesNotFit(
            f"{scheme_name(scheme)}不从尾号 {held.last4} 的专户发放, 请选发放这个项目的专户"
        )


def same_voucher(known: Any, told: dict[str, Any]) -> Any:
    """这份文件登记过的那一张, 没有为空; 内容不同的不收。Raises DocumentKnown."""
    if known and any(getattr(known, name) != value for name, value in told.items()):
        raise DocumentKnown(known.document_no, known.registered_on)
    return known


@transaction.atomic
def check(voucher: Voucher, by: User) -> Voucher:
    """核对无误, 记账。由登记人以外的发放复核办; 同一人再核一次不起作用。

    Raises FundDutyNotYours, SameHandsOnVoucher, VoucherSettled, WorkFundShort, MonthClosed.
    """
    held = hold_voucher(voucher, "核对", by)
    if held.state == State.BOOKED and held.checked_by_id == by.pk:
        return held
    require_waiting(held)
    if isinstance(held, WorkVoucher) and held.kind == WorkVoucher.Kind.OUT:
        short = held.fen - work_balance()
        if short > 0:
            raise WorkFundShort(yuan(short))
    held.state, held.checked_by, held.checked_on = State.BOOKED, by, today()
    held.save(update_fields=["state", "checked_by", "checked_on"])
    book(held)
    record(by=by, action="fund.check", subject=held, document=held.document_no, fen=held.fen)
    return held


@transaction.atomic
def place_receipt(receipt: FundReceipt, account: SpecialAccount, by: User) -> FundReceipt:
    """设专户以前登记的到账, 补写进了哪个专户; 只写一次, 由登记人以外的发放复核对照银行单办。同样再办一次不起作用。

    Raises FundDutyNotYours, AwayNow, SameHandsOnVoucher, AccountDoesNotFit.
    """
    held = hold_voucher(receipt, "补写专户", by)
    assert isinstance(held, FundReceipt)
    if held.account_id == account.pk:
        return held
    if held.account_id or held.state == State.DECLINED:
        raise AccountDoesNotFit("这笔到账已经写明专户, 或已退回, 不能再写; 请刷新后再看")
    _require_fitting(account, held.scheme, held.on)
    held.account = account
    held.save(update_fields=["account"])
    record(by=by, action="special.place", subject=held, document=held.document_no, last4=account.last4)
    return held


@transaction.atomic
def decline(voucher: Voucher, reason: str, by: User) -> Voucher:
    """退回没有记账的单据, 写明理由; 登记人可以另登记一张。

    Raises FundDutyNotYours, SameHandsOnVoucher, VoucherSettled, VoucherUnreadable.
    """
    held = hold_voucher(voucher, "退回", by)
    if not reason.strip():
        raise VoucherUnreadable("退回要写明理由, 请填写后再提交")
    require_waiting(held)
    held.state, held.checked_by, held.checked_on = State.DECLINED, by, today()
    held.declined_reason = reason.strip()[:200]
    held.save(update_fields=["state", "checked_by", "checked_on", "declined_reason"])
    record(by=by, action="fund.decline", subject=held, document=held.document_no, reason=held.declined_reason)
    return held


def hold_voucher(voucher: Voucher, act: str, by: User) -> Any:
    """占住一张单据, 归登记人以外的发放复核办。Raises FundDutyNotYours, AwayNow, SameHandsOnVoucher."""
    require(f"{act}资金单据", Role.PAY_REVIEWER, by)
    hold_chain()  # one at a time: what is left of the work fund is what the one before left
    held = type(voucher)._default_manager.select_for_update(of=("self",)).get(pk=voucher.pk)
    if held.registered_by_id == by.pk:
        raise SameHandsOnVoucher(act)
    return held


def require_waiting(held: Voucher) -> None:
    """还没有核对才放行。Raises VoucherSettled."""
    if held.state != State.WAITING:
        raise VoucherSettled(str(held.get_state_display()))


def book(held: Voucher) -> None:
    """记账: 一张核对过的单据一笔。Runs in the caller's transaction."""
    kind, debit, credit, words = _sides(held)
    entries: list[Posting] = [(debit, "D", held.fen, None), (credit, "C", held.fen, None)]
    memo = f"{words}, {held.document_no}"[:200]
    post(key=f"{held._meta.model_name}:{held.pk}", kind=kind, on=held.on, memo=memo, entries=entries)


def _sides(held: Voucher) -> tuple[str, str, str, str]:
    """Kind of the transaction, account debited, account credited, words."""
    if isinstance(held, FundReceipt):
        use = scheme_name(held.scheme) if held.scheme else "社会救助"
        words = f"{held.get_level_display()}{held.get_kind_display()}, {use}"
        if held.kind == Kind.OPENING:
            return "opening", accounts.CASH, accounts.OPENING, words
        return accounts.GRANT, accounts.CASH, accounts.GRANTS[held.level], words
    if isinstance(held, AccountMove):
        words = f"专户划转, 尾号 {held.source.last4} 到尾号 {held.target.last4}"
        return accounts.MOVE, accounts.CASH, accounts.CASH, words
    assert isinstance(held, WorkVoucher)
    words = f"工作经费{held.get_kind_display()}, {held.purpose}"
    if held.kind == WorkVoucher.Kind.IN:
        return "work.in", accounts.WORK_CASH, accounts.WORK_GRANT, words
    return "work.out", accounts.WORK_SPENT, accounts.WORK_CASH, words


@transaction.atomic
def set_budget(*, scheme: str, year: int, fen: int, document_no: str, by: User) -> Budget:
    """登记或调整某项目某年的预算, 凭文件; 以前的留着。同一文件同样的数再登记不起作用。

    Raises FundDutyNotYours, BudgetUnreadable, UnknownScheme.
    """
    require("登记预算", Role.PAYER, by)
    accounts.expense_of(scheme)
    number = normalise(document_no).strip()
    if not number:
        raise BudgetUnreadable("请填写预算文号", field="document_no")
    if not 2000 <= year <= today().year + 1:
        raise BudgetUnreadable(f"{year} 年不能登记预算, 请填今年、明年或以前的年份", field="year")
    if type(fen) is not int or fen <= 0:
        raise BudgetUnreadable("预算要大于零", field="fen")
    hold_chain()
    rows = Budget.objects.filter(scheme=scheme, year=year)
    last = rows.order_by("-revision").first()
    if last and (last.document_no, last.fen) == (number, fen):
        return last
    revision = (rows.aggregate(last=Max("revision"))["last"] or 0) + 1
    made = Budget.objects.create(
        scheme=scheme, year=year, revision=revision, fen=fen, document_no=number, by=by, on=today()
    )
    record(by=by, action="budget.set", subject=made, scheme=scheme, year=year, fen=fen, document=number)
    return made
