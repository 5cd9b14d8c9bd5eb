"""A family's money told month by month: what was due, what came, when, to which card, and why it is this amount."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from django.conf import settings

from doudi.law.money import yuan
from doudi.law.paying import cycle_of, month_number, months_from
from doudi.records.awards.models import Award
from doudi.records.cases.models import Case
from doudi.records.decisions.models import Decision, Suspension
from doudi.records.payments.models import (
    HandReceipt,
    Interception,
    PayLine,
    PayrollRun,
    Recovery,
    RecoveryMonth,
)
from doudi.records.payments.periods import month_start
from doudi.records.payments.settling.cycles import pays_every
from doudi.records.payments.settling.dues import first_whole_month, until_month
from doudi.records.payments.settling.standing import pay_day
from doudi.records.people.models import Household
from doudi.records.policies.queries import parameters, scheme

Line = PayLine.State
Tone = Literal["paid", "waiting", "trouble", "still"]
# A draft is nobody's money yet.
UNSETTLED = (PayrollRun.State.BUILDING, PayrollRun.State.DRAFT)
MONEY_WORDS = {
    Line.PENDING: "名单已定, 等着交银行",
    Line.HELD: "这个月暂时没发, 请打电话问原因",
    Line.SENT: "已交银行, 等着到账",
    Line.PAID: "已到账",
    Line.FAILED: "没打进卡里, 请打电话核对银行卡",
    Line.UNKNOWN: "银行还没有回话",
    Line.RETURNED: "银行退回来了, 请打电话核对银行卡",
}
BY_HAND = "名单已定, 没有银行卡的当面签字领取, 请打电话问哪天"
AGAIN = {Line.FAILED: "没打进卡里, 后来重发了", Line.RETURNED: "银行退回来了, 后来重发了"}
TROUBLE = (Line.HELD, Line.FAILED, Line.RETURNED)
KINDS = {PayrollRun.Kind.BACKPAY: "补发", PayrollRun.Kind.CORRECTION: "重发"}
HELD_FOR = {
    Interception.Cause.DECEASED: "登记上有人去世了, 要先核实",
    Interception.Cause.NO_ACCOUNT: "还没有登记银行卡",
    Interception.Cause.OTHERS_CARD: "这笔钱应当发到户主或本人的卡, 要先核实",
    Interception.Cause.SHARED_ACCOUNT: "这张卡也登记在别家名下, 要先核实",
    Interception.Cause.NAME_MISMATCH: "卡上的姓名和领款人不一样",
    Interception.Cause.ACCOUNT_CHANGED: "刚换过卡, 要先核实",
    Interception.Cause.COOLING: "刚换过卡, 要等三天",
    Interception.Cause.SAME_CARD: "还是上次没打进去的那张卡",
    Interception.Cause.EXCLUSIVE: "还领着不能一起领的另一项",
    Interception.Cause.REVIEW_OVERDUE: "到了复核的日子, 还没有复核",
    Interception.Cause.NOT_POSTED: "名单还没有在村里公布",
    Interception.Cause.CLOSED: "已经停发",
}
GIVEN_BACK = {
    Recovery.State.ORDERED: "要交回, 还没有交清",
    Recovery.State.SETTLED: "已经交清",
    Recovery.State.WRITTEN_OFF: "余下的不再要交回",
}
DECIDED = {
    Decision.Kind.GRANT: "{day} 批准",
    Decision.Kind.ADJUST: "{day} 调整",
    Decision.Kind.TRANSFER: "{day} 转来",
    Decision.Kind.RAISE: "救助标准变了, {day} 调整",
    Decision.Kind.LIST: "{day} 定的名单, 一次发",
    Decision.Kind.CARRIED_OVER: "原来的名册上就有",
}


@dataclass(frozen=True, slots=True)
class Why:
    """为什么是这个数: 依哪个决定每月多少, 发给谁。`words` are fit for the family: what a clerk wrote is not in them."""

    amount_fen: int
    payee: str
    words: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Credit:
    """一笔: 多少、怎样了、哪天到的、到哪张卡。`kind` is 补发 or 重发; `replaced`: paid again by a later one."""

    line_id: int
    run_id: int
    amount_fen: int
    payee: str
    state: str
    words: str
    detail: str
    kind: str
    together: str
    arrived: bool
    paid_on: dt.date | None
    bank: str
    last4: str
    replaced: bool
    is_trouble: bool


@dataclass(frozen=True, slots=True)
class Month:
    """一个项目的一个月。`notes` say what else became of it: suspended, to be given back, not paid again."""

    month: int
    scheme: str
    tone: Tone
    words: str
    due_fen: int
    why: tuple[Why, ...]
    credits: tuple[Credit, ...]
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.month // 100} 年 {self.month % 100} 月"

    @property
    def arrived_fen(self) -> int:
        """已经到手的。"""
        return sum(one.amount_fen for one in self.credits if one.arrived)

    @property
    def shown_fen(self) -> int:
        """这个月的数: 发了的照发的算, 还没有发的照应发的算。"""
        standing = [one.amount_fen for one in self.credits if not one.replaced]
        return sum(standing) if standing else self.due_fen


@dataclass(frozen=True, slots=True)
class _Book:
    """Everything the months are told from, read once."""

    on: dt.date
    lines: dict[tuple[int, str], list[PayLine]]
    held: dict[int, Interception]
    still: dict[int, list[Suspension]]
    back: dict[int, list[RecoveryMonth]]
    signed: dict[int, HandReceipt]
    together: dict[tuple[int, int], list[PayLine]]
    first: dict[str, int]
    locked: frozenset[tuple[str, int]]

    def stopped(self, award: Award, month: int) -> Suspension | None:
        """The suspension that keeps an award still in a month; one that is paid back does not."""
        start = month_start(month)
        for one in self.still.get(award.pk, ()):
            ended = getattr(one, "resumption", None)
            if one.from_on <= start and not (ended and (ended.from_on <= start or ended.pays_back)):
                return one
        return None


def awards_of_case(case: Case) -> list[Award]:
    """一件案子开的待遇, 连同后来由它们变来的 (增减、调标、转移); 停了以后另行申请的有自己的受理号, 不算。"""
    mine = awards_of_household(case.household)
    known = {award.pk for award in mine if award.opening.decision.case_id == case.pk}
    for award in mine:  # in the order of writing: what comes of an award is written after it
        if award.pk in known and hasattr(award, "closing"):
            known |= {one.pk for one in mine if one.opening.decision_id == award.closing.decision_id}
    return [award for award in mine if award.pk in known]


def awards_of_household(household: Household) -> list[Award]:
    """一户的全部待遇, 先后为序, 连同开始和停止它的决定。"""
    rows = Award.objects.filter(household=household).select_related(
        "payee", "opening__decision", "closing__decision"
    )
    return list(rows.order_by("pk"))


def months_of(awards: Sequence[Award], on: dt.date, most: int = 24) -> list[Month]:
    """这些待遇逐月的发放, 新的在前, 至多 `most` 个月 (一个月几个项目的都在)。

    Months before the first payroll of a scheme here are not told: what was paid before is not known.
    """
    if not awards:
        return []
    book = _book(awards, on)
    wanted: dict[tuple[int, str], list[Award]] = {key: [] for key in book.lines}
    for award in awards:
        for month in _in_force(award, book):
            wanted.setdefault((month, award.scheme), []).append(award)
    shown = sorted({month for month, _ in wanted}, reverse=True)[:most]
    keys = sorted((key for key in wanted if key[0] in shown), key=lambda key: (-key[0], key[1]))
    return [_month(*key, wanted[key], book) for key in keys]


def _in_force(award: Award, book: _Book) -> list[int]:
    if award.scheme not in book.first:
        return []
    closing = getattr(award, "closing", None)
    until = until_month(closing.ends_on if closing else None)
    first = max(first_whole_month(award.from_on), book.first[award.scheme])
    last = month_number(book.on)
    return [month for month in months_from(first, last) if month < until] if first <= last else []


def _book(awards: Sequence[Award], on: dt.date) -> _Book:
    lines = PayLine.objects.filter(award__in=awards).exclude(run__state__in=UNSETTLED).defer("account")
    found = list(lines.select_related("run", "award", "payee").order_by("pk"))
    by_month: dict[tuple[int, str], list[PayLine]] = defaultdict(list)
    together: dict[tuple[int, int], list[PayLine]] = defaultdict(list)
    for line in found:
        by_month[line.month, line.award.scheme].append(line)
        if line.number is not None:
            together[line.run_id, line.number].append(line)
    runs = PayrollRun.objects.filter(
        scheme__in={award.scheme for award in awards}, kind=PayrollRun.Kind.REGULAR
    )
    known = list(runs.order_by("-month"))
    locked = {
        (run.scheme, month)
        for run in known
        if run.state not in UNSETTLED
        for month in months_from(*run.months)
    }
    return _Book(
        on, by_month, _held(found), _suspensions(awards), _given_back(found), _signed(found), together,
        {run.scheme: run.months[0] for run in known}, frozenset(locked),
    )  # fmt: skip


def _held(lines: Iterable[PayLine]) -> dict[int, Interception]:
    held = [line.pk for line in lines if line.state == Line.HELD]
    rows = Interception.objects.filter(line__in=held, outcome=Interception.Outcome.DROPPED).order_by("pk")
    return {one.line_id: one for one in rows} if held else {}


def _suspensions(awards: Sequence[Award]) -> dict[int, list[Suspension]]:
    told: dict[int, list[Suspension]] = defaultdict(list)
    rows = Suspension.objects.filter(award__in=awards).select_related("decision", "resumption")
    for one in rows.order_by("from_on", "pk"):
        told[one.award_id].append(one)
    return told


def _given_back(lines: Iterable[PayLine]) -> dict[int, list[RecoveryMonth]]:
    told: dict[int, list[RecoveryMonth]] = defaultdict(list)
    paid = [line.pk for line in lines if line.state == Line.PAID]
    rows = RecoveryMonth.objects.filter(line__in=paid, recovery__state__in=GIVEN_BACK)
    for one in rows.select_related("recovery").order_by("pk") if paid else ():
        told[one.line_id].append(one)
    return told


def _signed(lines: Iterable[PayLine]) -> dict[int, HandReceipt]:
    by_hand = [line.pk for line in lines if line.state == Line.PAID and not line.account_last4]
    rows = HandReceipt.objects.filter(line__in=by_hand)
    return {one.line_id: one for one in rows} if by_hand else {}


def _month(month: int, scheme_id: str, awards: list[Award], book: _Book) -> Month:
    lines = book.lines.get((month, scheme_id), [])
    standing = [award for award in awards if book.stopped(award, month) is None]
    why = tuple(_why(award) for award in standing)
    sums = tuple(_credits(lines, book))
    due = sum(one.amount_fen for one in why)
    notes = tuple(dict.fromkeys([*_notes(month, awards, lines, book), *_short(due, sums)]))
    tone, words = _told(month, scheme_id, standing, sums, book)
    return Month(month, scheme_id, tone, words, due, why, sums, notes)


def _short(due: int, sums: Sequence[Credit]) -> Iterator[str]:
    """A raise decided later, of a month that was paid by the old sum: the family reads that the rest will come."""
    missing = due - sum(one.amount_fen for one in sums if not one.replaced)
    if sums and missing > 0:
        yield f"后来定的多 {yuan(missing)} 元, 另行补发, 不用申请"


def _told(
    month: int, scheme_id: str, standing: list[Award], sums: Sequence[Credit], book: _Book
) -> tuple[Tone, str]:
    last = [one for one in sums if not one.replaced]
    behind = next((one for one in last if not one.arrived), None)
    if behind:
        return ("trouble" if behind.is_trouble else "waiting"), behind.words
    if last:
        return "paid", MONEY_WORDS[Line.PAID]
    if not standing:
        return "still", "暂停发放"
    return _not_yet(month, scheme_id, book)


def _not_yet(month: int, scheme_id: str, book: _Book) -> tuple[Tone, str]:
    """No line at all: what the family waits for, and until when."""
    if (scheme_id, month) in book.locked:
        return "trouble", "这个月还没有发, 要补发; 请打电话问"
    first, last = cycle_of(pays_every(scheme_id, month_start(month)), month)
    due = pay_day(last, int(parameters(settings.COUNTY, book.on).value("pay.day")))
    if book.on > due:
        return "trouble", f"过了 {due.isoformat()} 还没有交银行, 可以打电话催问"
    with_others = f"和 {_name(first)}起的几个月一起发, " if first != last else ""
    return "waiting", f"{with_others}最迟 {due.isoformat()} 交银行"


def _credits(lines: Sequence[PayLine], book: _Book) -> Iterator[Credit]:
    again = {line.repays_id for line in lines if line.repays_id}
    for line in lines:
        signed = book.signed.get(line.pk)
        replaced = line.pk in again
        state = Line(line.state)
        words = AGAIN.get(state, MONEY_WORDS[state]) if replaced else MONEY_WORDS[state]
        if state == Line.PENDING and not line.account_last4:
            words = BY_HAND
        arrived = state == Line.PAID
        yield Credit(
            line.pk, line.run_id, line.amount_fen, line.payee.name, str(line.get_state_display()),
            f"当面领取, {signed.signed_by}签字" if signed and arrived else words, _detail(line, book),
            KINDS.get(PayrollRun.Kind(line.run.kind), ""), _together(line, book), arrived,
            (line.paid_on or (signed.signed_on if signed else None)) if arrived else None,
            line.bank, line.account_last4, replaced, state in TROUBLE,
        )  # fmt: skip


def _detail(line: PayLine, book: _Book) -> str:
    held = book.held.get(line.pk)
    if held:
        return HELD_FOR[Interception.Cause(held.cause)]
    return f"银行说: {line.reason}" if line.reason and line.state in TROUBLE else ""


def _together(line: PayLine, book: _Book) -> str:
    """Months that reach the card as one sum."""
    mine = book.together.get((line.run_id, line.number or 0), [])
    others = [_name(one.month) for one in mine if one.month != line.month]
    if not others:
        return ""
    return f"和 {'、'.join(others)}的合成一笔, 共 {yuan(sum(one.amount_fen for one in mine))} 元"


def _notes(month: int, awards: list[Award], lines: Sequence[PayLine], book: _Book) -> Iterator[str]:
    for award in awards:
        stopped = book.stopped(award, month)
        if stopped:
            why = listed(stopped.decision)
            yield f"{stopped.from_on.isoformat()} 起暂停发放" + (f": {why}" if why else "")
    for line in lines:
        for one in book.back.get(line.pk, ()):
            yield f"这个月多发了 {yuan(one.fen)} 元, {GIVEN_BACK[Recovery.State(one.recovery.state)]}"


def _why(award: Award) -> Why:
    decision = award.opening.decision
    day = DECIDED.get(Decision.Kind(decision.kind), "{day} 决定").format(day=decision.decided_on.isoformat())
    cause = listed(decision)
    return Why(award.amount_fen, award.payee.name, f"{day}: {cause}" if cause else day, decision)


def listed(decision: Decision) -> str:
    """理由, 照理由目录的说法; 经办人另写的只在告知书里。"""
    known = scheme(decision.scheme).reasons
    return next((one.label for one in known if one.code and one.code == decision.reason_code), "")


def _name(month: int) -> str:
    return f"{month // 100} 年 {month % 100} 月"


def short_name(scheme_id: str) -> str:
    """项目平常怎么叫: 农村低保。"""
    known = scheme(scheme_id)
    return known.aliases[0] if known.aliases else known.name
