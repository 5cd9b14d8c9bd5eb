"""Look into an objection with two pairs of fresh eyes: one writes what was found, the other signs it too."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from doudi.law.procedure import place_on
from doudi.records.audit.services import look, record
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.cases.telling import tell
from doudi.records.checks import services as checks
from doudi.records.postings.models import Conclusion, Handler, Objection, Posting
from doudi.records.postings.objections import HEARS, candidates, handlers_of, waiting_conclusion
from doudi.records.postings.services.objecting import check_taker
from doudi.records.staff.models import Role, User
from doudi.records.staff.services import notify
from doudi.store.refusal import Refusal

HANDLERS = 2


class AlreadyAnswered(Refusal):
    """这条异议已经处理。"""


class TwoHandlers(Refusal):
    """承办人应是不同的两人。"""


class FreshEyesFirst(Refusal):
    """还有没经手过调查的人可以承办。"""


class NotYourObjection(Refusal):
    """不是这条异议的承办人。"""


class NotCountersigned(Refusal):
    """已经写了结论, 等另一名承办人会签。"""


class NotConcluded(Refusal):
    """还没有写结论, 没有可以会签的。"""


class OwnConclusion(Refusal):
    """自己写的结论不能自己会签。"""


class WordsMissing(Refusal):
    """退回重写没有写明理由。"""


class RemedyMissing(Refusal):
    """成立的异议没有写明重新调查还是民主评议。"""


class NotAnsweredYet(Refusal):
    """还没有处理结论。"""


@transaction.atomic
def assign(*, objection: Objection, by: User, users: Sequence[User], on: dt.date) -> Objection:
    """交给两个人查, 尽量不是原来的调查人; 有近亲属备案的不能承办; 换人就再交办一次, 还没会签的结论作罢。

    Raises AlreadyAnswered, TwoHandlers, FreshEyesFirst, cases.MustRecuse, OtherSideAlready, NotYourDuty.
    """
    objection = _unanswered(objection)
    if len({user.pk for user in users}) != HANDLERS:
        raise TwoHandlers(f"请选不同的 {HANDLERS} 个人一同去查")
    for user in users:
        _check_may(objection, user)
    _require_fresh(objection, users)
    names = "、".join(user.name for user in users)
    _act(objection, by, f"{objection.get_kind_display()}交办: {names}", on)
    written = waiting_conclusion(objection)
    if written:
        _check(written, by, Conclusion.Answer.RETURNED, on, "换人承办, 重新查")
    Handler.objects.filter(objection=objection, until_on=None).update(until_on=on)
    Handler.objects.bulk_create(Handler(objection=objection, user=user, from_on=on) for user in users)
    return objection


@transaction.atomic
def conclude(
    *, objection: Objection, by: User, outcome: str, text: str, on: dt.date, remedy: str = ""
) -> Conclusion:
    """一名承办人写明查实的情况和结论; 另一名会签之后才算数。

    Raises AlreadyAnswered, NotYourObjection, RemedyMissing, NotCountersigned. 依据: 民发〔2021〕57号 第十九条
    """
    objection = _unanswered(objection)
    if by not in handlers_of(objection):
        raise NotYourObjection(f"{objection.no} 由承办的两个人写结论, 请先交办, 或请承办人来写")
    if waiting_conclusion(objection):
        raise NotCountersigned(f"{objection.no} 的结论已经写好, 等另一名承办人会签")
    sends_back = outcome == Objection.Outcome.UPHELD and objection.kind == Objection.Kind.OBJECTION
    if sends_back and remedy not in Objection.Remedy.values:
        raise RemedyMissing("异议成立的, 请选重新调查或者民主评议")
    _act(objection, by, f"{objection.get_kind_display()}写出结论, 待会签", on)
    written = Conclusion.objects.create(
        objection=objection, outcome=outcome, remedy=remedy if sends_back else "", text=text,
        written_by=by, written_on=on,
    )  # fmt: skip
    record(by=by, action="objection.conclude", subject=f"objection:{objection.pk}", outcome=outcome)
    for other in handlers_of(objection):
        if other != by:
            _tell_handler(objection, other, "结论写好了, 请会签", on)
    return written


@transaction.atomic
def countersign(*, objection: Objection, by: User, on: dt.date) -> Objection:
    """另一名承办人会签, 结论就此算数: 成立的撤下公示, 重新调查或民主评议, 之后重新提意见、重新公示。

    Raises AlreadyAnswered, NotConcluded, NotYourObjection, OwnConclusion. 依据: 民发〔2021〕57号 第十九条
    """
    objection = _unanswered(objection)
    written = _others_conclusion(objection, by)
    # What was found may tell who had said it: it stays with the objection, which the village cannot open.
    _act(objection, by, f"{objection.get_kind_display()}{written.get_outcome_display()}", on)
    _check(written, by, Conclusion.Answer.AGREED, on)
    objection.outcome, objection.remedy = written.outcome, written.remedy
    objection.answer, objection.answered_on = str(written.text), on
    objection.answered_by = written.written_by.username
    objection.save(update_fields=["outcome", "remedy", "answered_on", "answer", "answered_by"])
    if objection.remedy and objection.case:
        _take_back(cases.locked(objection.case), by, objection, on)
    return objection


@transaction.atomic
def hand_back(*, objection: Objection, by: User, words: str, on: dt.date) -> Conclusion:
    """另一名承办人不同意, 写明哪里不对, 退回重写; 原来写的留着。

    Raises AlreadyAnswered, NotConcluded, NotYourObjection, OwnConclusion, WordsMissing.
    """
    objection = _unanswered(objection)
    written = _others_conclusion(objection, by)
    if not words.strip():
        raise WordsMissing("请写明结论哪里不对, 好让另一名承办人重写")
    _act(objection, by, f"{objection.get_kind_display()}的结论退回重写", on)
    _tell_handler(objection, written.written_by, "结论退回重写", on)
    return _check(written, by, Conclusion.Answer.RETURNED, on, words.strip())


def _tell_handler(objection: Objection, to: User, what: str, on: dt.date) -> None:
    """To that person alone: nobody else of the township needs to know who said what against whom."""
    notify(
        to_role=to.role, to_user=to, area_code=objection.village_id, kind="objection",
        title=f"{objection.get_kind_display()} {objection.no}: {what}", link=f"/gongshi/yiyi/{objection.pk}/", on=on,
    )  # fmt: skip


def _others_conclusion(objection: Objection, by: User) -> Conclusion:
    written = waiting_conclusion(objection)
    if written is None:
        raise NotConcluded(f"{objection.no} 还没有写结论, 请先由一名承办人写")
    if by not in handlers_of(objection):
        raise NotYourObjection(f"{objection.no} 由另一名承办人会签")
    if written.written_by_id == by.pk:
        raise OwnConclusion(f"{objection.no} 的结论是您写的, 要由另一名承办人会签")
    return written


def _check(written: Conclusion, by: User, answer: str, on: dt.date, words: str = "") -> Conclusion:
    written.answer, written.checked_by, written.checked_on = answer, by, on
    written.words = words or None
    written.save(update_fields=["answer", "checked_by", "checked_on", "words"])
    record(by=by, action="objection.countersign", subject=f"objection:{written.objection_id}", answer=answer)
    return written


def _take_back(case: Case, by: User, objection: Objection, on: dt.date) -> None:
    """The boards of this opinion come down. A case that was already sent back for another objection stays there;
    from the first board, which has no investigation behind it, the road goes on to one."""
    if case.closed_on:
        return
    checks.ask_again(case=case, by=by, remedy=objection.remedy, on=on)
    road, at_first = cases.procedure_of(case).road, case.station == Posting.Round.INTAKE
    wanted = "panel" if objection.remedy == Objection.Remedy.PANEL and not at_first else "survey"
    target = next(code for code in (wanted, "review") if code in road)
    again = Posting.objects.filter(case=case, withdrawn_on=None).exclude(station=Posting.Round.INTAKE)
    again.update(withdrawn_on=on)
    # Everybody who has the case reads why it came back, the family's kin among them: not that somebody had objected.
    if at_first or place_on(road, target) < place_on(road, case.station):
        remedy = Objection.Remedy(objection.remedy).label
        cases.move(case, target, on, returned=f"需要{remedy}")
        tell(case, to_role=Role.CLERK, kind="returned", what=f"需要{remedy}", on=on)


@transaction.atomic
def reply(*, objection: Objection, by: User, on: dt.date) -> Objection:
    """登记已经书面答复实名反映的人。Raises NotAnsweredYet, NotYourObjection. 依据: 民发〔2021〕57号 第三十七条"""
    objection = Objection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    if not objection.outcome:
        raise NotAnsweredYet("还没有处理结论, 写了结论再答复")
    if by not in handlers_of(objection):
        raise NotYourObjection("由承办人答复")
    objection.replied_on = on
    objection.save(update_fields=["replied_on"])
    record(by=by, action="objection.reply", subject=f"objection:{objection.pk}", no=objection.no)
    return objection


def open_contact(*, objection: Objection, by: User, purpose: str) -> str:
    """反映人的联系方式, 只给承办人和县级看, 写明用途并留痕。Raises NotYourObjection, PurposeMissing."""
    if by.role != Role.APPROVER and by not in handlers_of(objection):
        raise NotYourObjection("联系方式只有承办人能看")
    look(by=by, action="unmask", subject=f"objection:{objection.pk}", purpose=purpose)
    return str(objection.contact or "")


def _unanswered(objection: Objection) -> Objection:
    found = Objection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    if found.outcome:
        raise AlreadyAnswered(f"{found.no} 已经处理过了")
    return found


def _require_fresh(objection: Objection, users: Sequence[User]) -> None:
    """As many as can be found who did not look the first time."""
    known = candidates(objection)
    fresh = [one.user for one in known if not one.looked_before]
    if sum(user in fresh for user in users) < min(HANDLERS, len(fresh)):
        names = "、".join(user.name for user in fresh)
        raise FreshEyesFirst(f"请由原来没有调查过这家的人去查: {names}")


def _check_may(objection: Objection, user: User) -> None:
    if objection.case:
        cases.check_may(case=objection.case, by=user, duty="survey")
    check_taker(objection.household, user)


def _act(objection: Objection, by: User, title: str, on: dt.date) -> None:
    """On the case where there is one, else on the household."""
    check_taker(objection.household, by)
    if objection.case is None:
        record(by=by, action="objection.act", subject=f"household:{objection.household_id}", title=title)
        return
    cases.do(case=objection.case, by=by, duty=HEARS, title=title, on=on)
