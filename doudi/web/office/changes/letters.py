"""What a family gets in writing of a change: the notice with every reason, the letter to where it moves."""

import datetime as dt
from typing import Any

from django.conf import settings

from doudi.law import clocks
from doudi.law.masking import mask_identity
from doudi.law.money import yuan
from doudi.records.awards.models import Award
from doudi.records.decisions.models import Closing, Decision
from doudi.records.policies.queries import scheme, scheme_name
from doudi.records.reviews.models import ChangeEvent
from doudi.web.ui.print import offices, printing
from doudi.web.ui.print.change_sheets import ChangeNotice, ChangeReason, TransferLetter, TransferredAward

Kind = Decision.Kind
OF_CHANGES = (
    Kind.ADJUST, Kind.STOP, Kind.TRANSFER, Kind.UNCHANGED, Kind.SUSPEND, Kind.RESUME, Kind.RAISE,
)  # fmt: skip
WORDS = {
    Kind.STOP: "停发", Kind.TRANSFER: "转移", Kind.UNCHANGED: "复核", Kind.SUSPEND: "暂停发放", Kind.RESUME: "恢复发放",
    Kind.RAISE: "增发",
}  # fmt: skip


def word_of(decision: Decision) -> str:
    """这份决定叫什么: 增发、减发、停发、转移、领款人变更、复核、暂停、恢复; 调标的是增发。"""
    if decision.kind != Kind.ADJUST:
        return WORDS[Kind(decision.kind)]
    change = sum(one.amount_fen for one in decision.reasons.all())
    return "增发" if change > 0 else "减发" if change < 0 else "变更"


def notice(decision: Decision, on: dt.date, sums: Any = ()) -> ChangeNotice:
    """一份变更决定的告知书; `sums` 是金额怎样算出的各步。"""
    closed = list(Award.objects.filter(closing__decision=decision).order_by("pk"))
    opened = list(Award.objects.filter(opening__decision=decision).order_by("pk"))
    case, home = decision.case, decision.household
    until = (
        Closing.objects.filter(decision=decision)
        .order_by("-ends_on")
        .values_list("ends_on", flat=True)
        .first()
    )
    since, usual = _since(decision, opened), clocks.benefit_from(decision.decided_on)
    before = sum(award.amount_fen for award in closed) or decision.amount_fen
    gradual = decision.kind == Kind.STOP and until and until > usual
    return ChangeNotice(
        unit=offices.civil_affairs(),
        government=offices.county_government(),
        township=offices.township_office(home.village),
        no=decision.no,
        case_no=case.no if case else "",
        name=home.head.name,
        village=offices.village_name(home.village),
        scheme=scheme_name(decision.scheme),
        word=word_of(decision),
        decided_on=decision.decided_on,
        from_on=since,
        before_fen=before,
        amount_fen=decision.amount_fen,
        members=sum(award.persons for award in opened) or _members(decision),
        reasons=_reasons(decision),
        basis=decision.basis,
        next_review_on=decision.next_review_on,
        on=on,
        note=decision.reason.rstrip("。."),
        paid_until=_last_month(until) if gradual and until else "",
        phone=settings.HELP_PHONE,
        url=offices.public_address("public_progress") if case else "",
        sums=sums,
        standing=_standing(decision),
        back_fen=decision.amount_fen - before if decision.kind == Kind.RAISE and since < usual else None,
    )


def _since(decision: Decision, opened: list[Award]) -> dt.date:
    """The month after the decision; a raise begins where its document says, which may lie in the past."""
    if decision.kind == Kind.RAISE and opened:
        return min(award.from_on for award in opened)
    return clocks.benefit_from(decision.decided_on)


def _standing(decision: Decision) -> str:
    """Whether the money stands still from now on, or goes on with or without the months between."""
    if decision.kind in (Kind.SUSPEND, Kind.RAISE):
        return "suspended" if decision.kind == Kind.SUSPEND else "raised"
    if decision.kind == Kind.RESUME:
        return "resumed_back" if decision.resumes.filter(pays_back=True).exists() else "resumed"
    return ""


def _members(decision: Decision) -> int:
    return len(decision.assessment.results["persons"]) if decision.assessment else 0


def _reasons(decision: Decision) -> list[ChangeReason]:
    known = {one.code: one for one in scheme(decision.scheme).reasons}
    return [
        ChangeReason(known[one.code].label, known[one.code].article, _signed(one.amount_fen))
        for one in decision.reasons.order_by("pk")
    ]


def told_reasons(decision: Decision) -> list[tuple[str, str]]:
    """决定页上的理由: 说法连同它说明的金额, 和条款。"""
    return [(f"{one.text}, 每月{one.change}元", one.article) for one in _reasons(decision)]


def _signed(fen: int) -> str:
    return f"{'增加' if fen > 0 else '减少'}{yuan(abs(fen))}"


def _last_month(ends_on: dt.date) -> str:
    last = ends_on - dt.timedelta(days=1)
    return f"{last.year}年{last.month}月"


def transfer_letter(event: ChangeEvent, on: dt.date) -> bytes:
    """迁出本县的转移接续函 (PDF)。"""
    home = event.household
    closed = (
        Closing.objects.filter(
            decision__household=home, decision__kind=Kind.STOP, decision__decided_on=event.decided_on or on
        )
        .select_related("award")
        .order_by("pk")
    )
    letter = TransferLetter(
        unit=offices.civil_affairs(),
        to=event.details.get("to", ""),
        no=f"{home.no}-Z{event.pk}",
        name=home.head.name,
        number=mask_identity(home.head.id_number),
        village=offices.village_name(home.village),
        members=home.memberships.filter(until_on=None).count(),
        awards=[_transferred(closing) for closing in closed],
        decided_on=event.decided_on or on,
        on=on,
        phone=settings.HELP_PHONE,
    )
    return printing.render(letter, demo=settings.DEMO)


def _transferred(closing: Closing) -> TransferredAward:
    award = closing.award
    return TransferredAward(
        scheme_name(award.scheme),
        award.persons,
        yuan(award.amount_fen),
        award.from_on,
        _last_month(closing.ends_on),
    )
