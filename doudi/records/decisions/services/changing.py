"""Change what is being paid: a case about awards ends in an increase, a decrease, a stop, or no change.

Old and new awards meet on the first of the next month in one transaction, so no month is without one and none has two.
"""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from doudi.law import clocks
from doudi.law.money import yuan
from doudi.law.splitting import UnequalParts, require_equal
from doudi.records.audit.services import hold_chain, record
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.checks.models import Opinion
from doudi.records.checks.queries import latest_assessment
from doudi.records.decisions.change_queries import (
    Before,
    Difference,
    change_of,
    difference_of,
    held_now,
    may_be_refused,
    recognised,
)
from doudi.records.decisions.models import AwardChange, Decision, ProposedReason
from doudi.records.decisions.services import unrecognising
from doudi.records.decisions.services.granting import open_granted
from doudi.records.decisions.services.stopping import end, stop_all, write_decision
from doudi.records.intake.models import Application
from doudi.records.intake.queries import facts
from doudi.records.people.models import Household
from doudi.records.policies.queries import parameters, reason, scheme, scheme_name
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal

REVIEWED = "民发〔2021〕57号 第三十一条"
NO_CHANGE = "经核查, 家庭情况没有明显变化, 待遇不变"


class NothingPaid(Refusal):
    """这户这个项目没有在享的待遇。"""


class ReasonsDoNotAdd(Refusal):
    """各理由的金额合起来不等于增减额。"""


class NotAnApplication(Refusal):
    """变更、复核案件没有“不予确认”。"""


@transaction.atomic
def open_change(
    *,
    by: User,
    household: Household,
    scheme_id: str,
    kind: str,
    on: dt.date,
    cause: str = "",
    exit_cause: str = "",
    text: str = "",
) -> Case:
    """为在享的待遇或有效的认定立一件变更或复核案; 有新来的人还没签授权的停在受理, 其余从调查起办。

    Raises NothingPaid, cases.CaseAlreadyOpen. 依据: 民发〔2021〕57号 第三十一条、第三十二条
    """
    if not held_now(household, scheme_id).awards and not recognised(household, scheme_id, on):
        raise NothingPaid(f"这一户没有在享的{scheme_name(scheme_id)}, 请按新申请办理")
    case = cases.open_case(by=by, household=household, scheme_id=scheme_id, on=on, kind=kind)
    Application.objects.create(
        case=case,
        channel=Application.Channel.WINDOW,
        applicant=household.head,
        reason=text or Case.Kind(kind).label,
    )
    AwardChange.objects.create(case=case, cause=cause, exit_cause=exit_cause, text=text)
    title = "定期核查, 立案" if kind == Case.Kind.REVIEW else "核实变动, 立案"
    cases.do(case=case, by=by, duty="accept", title=title, on=on, note=text)
    # A person who is new in the family has yet to sign: such a case waits at the window, any other goes on.
    return case if cases.standing_blocks(case, facts(case), on) else cases.onward(case, on)


@transaction.atomic
def propose_reasons(*, case: Case, by: User, reasons: Mapping[str, int], on: dt.date) -> Difference:
    """乡镇写明增减的理由和各自的金额, 合起来必须等于差额。Raises ReasonsDoNotAdd, UnknownReason."""
    case = cases.locked(case)
    cases.require_station(case, "review")
    cases.check_may(case=case, by=by, duty="review")
    known, assessment = difference_of(case), latest_assessment(case)
    if known is None or assessment is None:
        raise NothingPaid("还没有测算, 测算之后才能写增减的理由")
    told = {code: fen for code, fen in reasons.items() if fen}
    require_reasons(case, known, told)
    ProposedReason.objects.filter(assessment=assessment).delete()
    ProposedReason.objects.bulk_create(
        ProposedReason(assessment=assessment, code=code, amount_fen=fen, by=by.username)
        for code, fen in told.items()
    )
    record(by=by, action="decision.reasons", subject=f"case:{case.pk}", reasons=told)
    found = difference_of(case)
    assert found is not None
    return found


def require_reasons(case: Case, known: Difference, reasons: Mapping[str, int]) -> None:
    """每条理由的方向对, 合起来等于差额。Raises ReasonsDoNotAdd saying how much is left, UnknownReason."""
    for code, fen in reasons.items():
        reason(case.scheme, "stop" if not known.eligible else "increase" if fen > 0 else "decrease", code)
    try:
        require_equal(reasons.values(), known.amount_fen)
    except UnequalParts as unequal:
        left = int(unequal.args[0])
        raise ReasonsDoNotAdd(
            f"每月差额是 {_signed(known.amount_fen)} 元, 各理由合起来是 {_signed(known.amount_fen - left)} 元, "
            f"还差 {_signed(left)} 元没有说明, 请在“增减理由”里写齐"
        ) from None


def _signed(fen: int) -> str:
    return f"{'+' if fen > 0 else '−' if fen < 0 else ''}{yuan(abs(fen))}"


@transaction.atomic
def settle(*, case: Case, opinion: Opinion, by: User, on: dt.date) -> Decision:
    """变更、复核案的决定: 增减、停发或不变, 旧的待遇到月底, 新的从次月一日起, 一次办完。

    Raises NothingPaid, ReasonsDoNotAdd, AlreadyReceives. 依据: 民发〔2021〕57号 第三十一条至第三十三条
    """
    hold_chain()  # one change of a family at a time
    known = difference_of(case)
    assert known is not None  # an unassessed case is blocked before it comes here
    if known.before.is_nothing:
        then = "不予确认" if may_be_refused(case) else "终止办理"
        raise NothingPaid(f"这一户的{scheme_name(case.scheme)}已经停发, 这件案子没有可以改的待遇, 请{then}")
    if known.before.recognition:
        decision = unrecognising.settle(case=case, opinion=opinion, known=known, by=by, on=on)
    elif not opinion.recommends:
        decision = _stop(case, opinion, known, by, on)
    elif is_unchanged(case, known):
        decision = _keep(case, opinion, known.before, by, on)
    else:
        decision = _adjust(case, opinion, known, by, on)
    cases.close(case, Case.Outcome.GRANTED, on)
    return decision


def is_unchanged(case: Case, known: Difference) -> bool:
    """金额、保障的人和领款人都没有变。"""
    payees = {award.payee_id for award in known.before.awards}
    same_payee = scheme(case.scheme).payee != "head" or payees == {case.household.head_id}
    return known.amount_fen == 0 and known.after_persons == known.before.persons and same_payee


def is_short(case: Case) -> bool:
    """定期核查没有变化的: 乡镇签批即办结, 不再报县级。依据: 民发〔2021〕57号 第三十一条"""
    known = difference_of(case) if case.kind == Case.Kind.REVIEW else None
    return known is not None and known.eligible and is_unchanged(case, known)


@transaction.atomic
def keep(*, case: Case, opinion: Opinion, by: User, on: dt.date) -> Case:
    """定期核查没有变化: 待遇不变, 排定下次核查, 办结。"""
    known = difference_of(case)
    if known and known.before.recognition:
        unrecognising.settle(case=case, opinion=opinion, known=known, by=by, on=on)
    else:
        _keep(case, opinion, held_now(case.household, case.scheme), by, on)
    return cases.close(case, Case.Outcome.GRANTED, on)


def refuse_only_applications(case: Case) -> None:
    """只有申请才有不予确认; 变更、复核由测算决定增减、停发或不变。Raises NotAnApplication."""
    if not may_be_refused(case):
        raise NotAnApplication("变更、复核案件没有“不予确认”: 增减、停发或不变由测算决定; 情况不实的请退回")


def _keep(case: Case, opinion: Opinion, before: Before, by: User, on: dt.date) -> Decision:
    decision = write_decision(
        kind=Decision.Kind.UNCHANGED,
        scheme=case.scheme,
        household=case.household,
        village_id=case.village_id,
        case=case,
        assessment=opinion.assessment,
        amount_fen=before.amount_fen,
        reasons={},
        text=NO_CHANGE,
        basis=REVIEWED,
        by=by,
        on=on,
        next_review_on=_next_review(opinion, on),
    )
    record(by=by, action="decision.unchanged", subject=f"case:{case.pk}", no=decision.no)
    return decision


def _adjust(case: Case, opinion: Opinion, known: Difference, by: User, on: dt.date) -> Decision:
    require_reasons(case, known, known.reasons)
    cited = [
        reason(case.scheme, "increase" if fen > 0 else "decrease", code)
        for code, fen in known.reasons.items()
    ]
    told = "; ".join(
        f"{one.label} {_signed(fen)} 元" for one, fen in zip(cited, known.reasons.values(), strict=True)
    )
    decision = write_decision(
        kind=Decision.Kind.ADJUST,
        scheme=case.scheme,
        household=case.household,
        village_id=case.village_id,
        case=case,
        assessment=opinion.assessment,
        amount_fen=opinion.amount_fen,
        reasons=known.reasons,
        text=told or "保障的人或领款人有变, 金额不变",
        basis="、".join(dict.fromkeys(one.article for one in cited)) or REVIEWED,
        by=by,
        on=on,
        next_review_on=_next_review(opinion, on),
    )
    end(known.before.awards, decision, on)
    open_granted(case, opinion, decision, on)
    record(
        by=by,
        action="decision.adjust",
        subject=f"case:{case.pk}",
        no=decision.no,
        before_fen=known.before.amount_fen,
        after_fen=opinion.amount_fen,
        reasons=dict(known.reasons),
    )
    return decision


def _stop(case: Case, opinion: Opinion, known: Difference, by: User, on: dt.date) -> Decision:
    if len(known.reasons) != 1:
        raise ReasonsDoNotAdd("停发要写明一条理由, 请退回初审, 在“增减理由”里选定")
    code = next(iter(known.reasons))
    until = exit_until(case, code, on)
    label = reason(case.scheme, "stop", code).label
    gradual = f"; 给予渐退期, 发至 {until - dt.timedelta(days=1):%Y 年 %m 月}" if until else ""
    return stop_all(
        household=case.household,
        awards=known.before.awards,
        by=by,
        reason_code=code,
        text=f"{label}{gradual}",
        on=on,
        ends_on=until,
        case=case,
        assessment=opinion.assessment,
    )


def exit_until(case: Case, stop_code: str, on: dt.date) -> dt.date | None:
    """渐退期满之日: 因就业等收入超过标准而停的, 政策包给了渐退月数才有。依据: 民发〔2021〕57号 第三十三条"""
    change = change_of(case)
    known = scheme(case.scheme)
    if not change or not change.exit_cause or reason(case.scheme, "stop", stop_code).cause != "income":
        return None
    rules, path = parameters(case.village_id, on), f"{known.rulebook}.gradual.months.{change.exit_cause}"
    months = rules.value(path) if path in rules.leaves else 0
    return clocks.exit_period(on, months)[1] if months else None


def _next_review(opinion: Opinion, on: dt.date) -> dt.date:
    return clocks.review_due(on, opinion.assessment.results["review_months"])
