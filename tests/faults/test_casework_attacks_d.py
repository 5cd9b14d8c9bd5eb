"""What an attack on the casework had left open: one handler alone, awards gone meanwhile, the dead who live, kin."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from doudi.records.awards.models import Award, Holding
from doudi.records.cases.models import Act, Case
from doudi.records.cases.services import Blocked, MustRecuse, NotYourDuty
from doudi.records.cases.timing import CauseNotAllowed
from doudi.records.checks import services as checks
from doudi.records.decisions import services as decisions
from doudi.records.decisions.models import Closing, Decision
from doudi.records.desk.deciding import queue
from doudi.records.intake import services as intake
from doudi.records.intake.queries import unsigned
from doudi.records.intake.signing import sign_on_paper
from doudi.records.people.family import void_facts
from doudi.records.people.queries import account_of, facts_of
from doudi.records.people.services import Official, file_relative
from doudi.records.postings import services as postings
from doudi.records.postings.models import Conclusion, Handler, Objection, Posting
from doudi.records.postings.objections import objections
from doudi.records.reviews import services as reviews
from doudi.records.reviews.models import ChangeEvent
from doudi.records.reviews.refusals import DetailMissing, SamePersonAgain
from doudi.records.staff.models import Notice, User
from doudi.store.today import move_to
from doudi.web.office.decisions.tables import marks_of
from doudi.web.office.dossiers import contents
from doudi.web.ui.print.printing import render
from tests.procedure import walking
from tests.screens.test_ui_print import joined
from tests.screens.typed import fields
from tests.services import changed_family as cf
from tests.services import golden_family as golden
from tests.services.waiting import law

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db
Staff = dict[str, User]
ON = walking.RECEIVED


@pytest.fixture
def staff() -> Staff:
    return golden.county()


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def clerk(place: int) -> User:
    """One more clerk of the same township, who never looked at the family."""
    return User.objects.create(
        username=f"jingban{place}", name=f"新手{place}", role="jingban", area_id=golden.TOWNSHIP
    )


def objected(staff: Staff) -> Objection:
    """Against the golden family on the village board, the office's day with it."""
    case = walking.file(staff, ON)
    move_to(ON)
    for step in (walking.accept, walking.survey, walking.review):
        step(fresh(case), staff, ON)
    posting = postings.publish(case=fresh(case), by=staff["jingban"], on=ON)
    return postings.object_to(posting=posting, channel="电话", text="他家有车", contact="13800000000", on=ON)


def given(staff: Staff) -> tuple[Objection, User, User]:
    """Given to two who never looked: the objection, and the two."""
    objection, first, second = objected(staff), clerk(3), clerk(4)
    postings.assign(objection=objection, by=staff["jingban"], users=[first, second], on=ON)
    return objection, first, second


def written(objection: Objection, by: User) -> Conclusion:
    return postings.conclude(
        objection=objection, by=by, outcome="upheld", text="确有车", remedy="survey", on=ON
    )


def refused_by_database(act: Callable[[], object], words: str) -> None:
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        act()


def test_one_handler_alone_answers_no_objection(staff: Staff) -> None:
    objection, first, second = given(staff)
    with pytest.raises(postings.NotConcluded):
        postings.countersign(objection=objection, by=second, on=ON)
    written(objection, first)
    assert Case.objects.get().station == "post"
    for by, refusal in ((first, postings.OwnConclusion), (staff["jingban"], postings.NotYourObjection)):
        with pytest.raises(refusal):
            postings.countersign(objection=objection, by=by, on=ON)
    with pytest.raises(postings.NotCountersigned):
        written(objection, second)
    assert [list(objections(user, "sign")) for user in (first, second)] == [[], [objection]]
    assert Notice.objects.get(to_user=second).link == f"/gongshi/yiyi/{objection.pk}/"
    done = postings.countersign(objection=objection, by=second, on=ON)
    assert (done.outcome, done.answer, done.answered_by) == ("upheld", "确有车", first.username)
    assert (Case.objects.get().station, Posting.objects.get().withdrawn_on) == ("survey", ON)
    assert set(Act.objects.filter(title__contains="异议", duty="hear").values_list("user", flat=True)) >= {
        first.pk,
        second.pk,
    }


def test_a_conclusion_goes_back_with_words_and_is_written_anew(staff: Staff) -> None:
    objection, first, second = given(staff)
    written(objection, first)
    with pytest.raises(postings.WordsMissing):
        postings.hand_back(objection=objection, by=second, words=" ", on=ON)
    postings.hand_back(objection=objection, by=second, words="车是借的", on=ON)
    with pytest.raises(postings.NotConcluded):
        postings.countersign(objection=objection, by=second, on=ON)
    postings.conclude(objection=objection, by=second, outcome="dismissed", text="车是借的", on=ON)
    assert postings.countersign(objection=objection, by=first, on=ON).outcome == "dismissed"
    assert Case.objects.get().station == "post"
    assert list(Conclusion.objects.order_by("pk").values_list("answer", flat=True)) == ["returned", "agreed"]


def test_who_is_replaced_leaves_no_conclusion_to_be_signed(staff: Staff) -> None:
    objection, first, second = given(staff)
    written(objection, first)
    postings.assign(objection=objection, by=staff["jingban"], users=[second, clerk(5)], on=ON)
    with pytest.raises(postings.NotConcluded):
        postings.countersign(objection=objection, by=second, on=ON)


def test_the_database_takes_no_answer_of_one_hand(staff: Staff) -> None:
    objection, first, second = given(staff)
    row = Objection.objects.filter(pk=objection.pk)
    refused_by_database(lambda: row.update(outcome="dismissed"), "一写一签")
    by_another = Conclusion(
        objection=objection, outcome="dismissed", text="无", written_by=staff["jingban"], written_on=ON
    )
    refused_by_database(by_another.save, "承办人写")
    mine = Conclusion.objects.filter(pk=written(objection, first).pk)
    signed = {"answer": "agreed", "checked_on": ON}
    for signer in (first, staff["jingban2"], None):
        refused_by_database(lambda who=signer: mine.update(checked_by=who, **signed), "另一名承办人")  # type: ignore[misc]
    Handler.objects.filter(user=first).update(until_on=ON)
    refused_by_database(lambda: mine.update(checked_by=second, **signed), "另一名承办人")
    refused_by_database(lambda: row.update(outcome="upheld"), "一写一签")


def stopped_under_review(staff: Staff) -> Case:
    """A review signed up to the county, whose only award was stopped meanwhile."""
    cf.receiving(staff)
    award = Award.objects.get()
    case = cf.verified(staff, "means", None, text="多养了两头牛").case
    assert case is not None
    cf.declared(staff, award.household, cf.TODAY, wage=900_000)
    cf.signed(cf.assessed(fresh(case), staff), staff)
    decisions.stop(award=award, by=staff["shenpi"], reason_code="S01", text="", on=cf.TODAY)
    return fresh(case)


def test_a_change_whose_award_ended_meanwhile_can_only_be_ended(staff: Staff, client: Client) -> None:
    case = stopped_under_review(staff)
    with pytest.raises(Blocked, match="终止办理"):
        decisions.confirm(case=case, by=staff["shenpi"], on=cf.TODAY)
    client.force_login(staff["shenpi"])
    page, clock = (
        client.get(reverse(name, args=[case.pk])).content.decode() for name in ("case", "case_clock")
    )
    assert "要改的待遇在办理期间已经停止" in page
    assert f"{reverse('case_clock', args=[case.pk])}#terminate" in page
    assert ("不用再办" in page, "未开始" in page) == (True, False)
    assert ('value="award_ended"' in clock, 'value="withdrawn"' in clock) == (True, False)
    with pytest.raises(CauseNotAllowed):
        decisions.terminate(case=case, by=staff["shenpi"], cause="withdrawn", reason="撤", on=cf.TODAY)
    url = reverse("case_clock", args=[case.pk])
    form = fields(clock, "", act="terminate", cause="award_ended", reason="已因收入停发")
    assert client.post(url, form).status_code == 302
    assert (fresh(case).outcome, Decision.objects.filter(case=case).count()) == ("terminated", 0)


def test_a_review_with_an_award_left_is_still_decided_not_ended(staff: Staff) -> None:
    cf.receiving(staff)
    case = reviews.open_reviews(by=staff["jingban"], awards=[Award.objects.get().pk], on=cf.TODAY).cases[0]
    with pytest.raises(decisions.OnlyApplicationsEnd):
        decisions.terminate(case=case, by=staff["jingban"], cause="award_ended", reason="不办了", on=cf.TODAY)
    decisions.stop(award=Award.objects.get(), by=staff["shenpi"], reason_code="S01", text="", on=cf.TODAY)
    ended = decisions.terminate(
        case=fresh(case), by=staff["jingban"], cause="award_ended", reason="已停发", on=cf.TODAY
    )
    assert ended.closed_on == cf.TODAY


def kin_of(objection: Objection, login: str, role: str, area: str) -> User:
    kin = User.objects.create(username=login, name=f"亲属{login}", role=role, area_id=area)
    file_relative(
        by=User.objects.get(username="jingban2"), person=objection.household.head, relation="兄弟",
        official=Official(user=kin), on=ON,
    )  # fmt: skip
    return kin


def test_kin_read_nothing_of_an_objection_on_any_page_nor_in_the_dossier(
    staff: Staff, client: Client
) -> None:
    objection, first, second = given(staff)
    case = objection.case
    assert case is not None
    kin = kin_of(objection, "jingban9", "jingban", golden.TOWNSHIP)
    words = ("异议交办", "异议写出结论", "异议不成立", "条异议", objection.no)

    def heard(user: User) -> set[str]:
        client.force_login(user)
        shown = [
            client.get(reverse("case", args=[case.pk])), client.get(reverse("case_outcome", args=[case.pk])),
            client.get(reverse("cases") + "?view=open"), client.get("/"),
        ]  # fmt: skip
        told = contents.dossier(fresh(case), by=user, purpose="查阅", on=ON)
        pages = "".join(page.content.decode() for page in shown) + joined(render(told, demo=False))
        return {word for word in words if word in pages}

    assert heard(kin) == set()
    assert {"异议交办", "条异议"} <= heard(staff["jingban"])
    postings.conclude(objection=objection, by=first, outcome="dismissed", text="无车", on=ON)
    postings.countersign(objection=objection, by=second, on=ON)
    assert heard(kin) == set()
    assert {"异议写出结论", "异议不成立", objection.no} <= heard(staff["jingban"])


def test_kin_who_sign_read_nothing_of_an_objection(staff: Staff, client: Client) -> None:
    objection, first, second = given(staff)
    postings.conclude(objection=objection, by=first, outcome="dismissed", text="无车", on=ON)
    postings.countersign(objection=objection, by=second, on=ON)
    after = Posting.objects.get().until_on + dt.timedelta(days=1)
    move_to(after)
    postings.send_up(case=fresh(objection.case), by=staff["jingban"], on=after)
    kin = kin_of(objection, "fuze9", "fuze", golden.TOWNSHIP)
    url = reverse("case_sign", args=[objection.case_id])
    for user, told in ((staff["fuze"], True), (kin, False)):
        client.force_login(user)
        page = client.get(url)
        assert page.status_code == 200
        assert (objection.no in page.content.decode()) is told
        assert ("无异议" in page.content.decode()) is False
    late = postings.report(
        household=objection.household, channel="电话", text="又", contact="", on=after, by=staff["jingban"]
    )
    assert late.case == objection.case
    with pytest.raises(MustRecuse):
        decisions.sign(case=fresh(objection.case), by=kin, on=after)
    assert "举报" not in "".join(f"{one}" for one in marks_of(queue(kin).get()))


def known_alive(staff: Staff, name: str) -> ChangeEvent:
    return cf.reported(staff, "alive", cf.member(name), text="派出所证明仍在世, 系同名误报")


def test_a_death_that_was_applied_is_taken_back_by_two_and_the_family_is_whole_again(staff: Staff) -> None:
    home, child = cf.receiving(staff), cf.member("赵丙")
    facts_before = {(fact.kind, fact.code) for fact in facts_of(home) if fact.person_id == child.pk}
    with pytest.raises(DetailMissing, match="死亡信息有误"):
        known_alive(staff, "赵丙")
    death = cf.verified(staff, "death", child)
    assert death.case is not None
    smaller = cf.decided(fresh(death.case), staff)
    assert (smaller.kind, Award.objects.get(closing=None).persons) == ("adjust", 2)
    event = known_alive(staff, "赵丙")
    with pytest.raises(NotYourDuty):
        reviews.verify(event=event, by=staff["cun"], note="", on=cf.TODAY)
    done = reviews.verify(event=event, by=staff["jingban2"], note="看了身份证", on=cf.TODAY)
    child.refresh_from_db()
    death.refresh_from_db()
    assert (done.state, death.state, child.died_on, child.death_reported_on) == (
        "applied", "applied", None, None
    )  # fmt: skip
    spells = home.memberships.filter(person=child).order_by("pk")
    assert [bool(spell.until_on) for spell in spells] == [True, False]
    assert {(fact.kind, fact.code) for fact in facts_of(home) if fact.person_id == child.pk} == facts_before
    assert done.case is not None
    assert (done.case.kind, unsigned(fresh(done.case))) == ("change", ("赵丙（监护人代签）",))
    sign_on_paper(case=done.case, by=staff["jingban"], authorised=True, promised=False, on=cf.TODAY)
    intake.accept(case=fresh(done.case), by=staff["jingban"], on=cf.TODAY)
    whole = cf.decided(fresh(done.case), staff)
    held = Award.objects.get(closing=None)
    assert (whole.kind, held.persons, held.amount_fen) == ("adjust", 3, 81_900)
    assert held.holdings.filter(person=child, released_on=None).exists()


def test_who_reported_that_somebody_lives_does_not_verify_it(staff: Staff) -> None:
    home = cf.receiving(staff)
    cf.verified(staff, "death", cf.member("赵丙"))
    event = reviews.report(
        by=staff["jingban"], household=home, kind="alive", happened_on=cf.TODAY, details={"text": "误报"},
        photos=[cf.photo()], on=cf.TODAY, person=cf.member("赵丙"),
    )  # fmt: skip
    with pytest.raises(SamePersonAgain):
        reviews.verify(event=event, by=staff["jingban"], note="", on=cf.TODAY)


def test_what_was_stopped_for_a_false_death_is_decided_again_by_another(staff: Staff) -> None:
    home = cf.receiving(staff)
    others = home.memberships.exclude(person__name="赵甲")
    left = list(others.values_list("person_id", flat=True))
    others.update(until_on=cf.TODAY)
    void_facts(by=staff["jingban"], household=home, persons=left, on=cf.TODAY)
    Holding.objects.exclude(person__name="赵甲").update(released_on=cf.TODAY)
    death = cf.verified(staff, "death", cf.member("赵甲"))
    stop = reviews.decide(event=death, by=staff["shenpi"], on=cf.TODAY)[0]
    assert not Award.objects.filter(closing=None).exists()
    done = reviews.verify(event=known_alive(staff, "赵甲"), by=staff["jingban"], note="见到本人", on=cf.TODAY)
    again = done.case
    assert again is not None
    assert (again.kind, again.station, again.correction.corrects) == ("correct", "survey", stop)
    cf.declared(staff, home, cf.TODAY, wage=100_000, deposit=500_000)
    cf.signed(cf.assessed(fresh(again), staff), staff)
    with pytest.raises(decisions.DecidedBefore):
        decisions.confirm(case=fresh(again), by=staff["shenpi"], on=cf.TODAY)
    assert decisions.confirm(case=fresh(again), by=staff["shenpi2"], on=cf.TODAY).kind == "grant"
    held = Award.objects.get(closing=None)
    assert held.holdings.get(released_on=None).person == cf.member("赵甲")
    assert Decision.objects.get(pk=stop.pk).closes.count() == 1


def test_the_page_offers_the_correction_only_where_a_death_was_applied(staff: Staff, client: Client) -> None:
    home = cf.receiving(staff)
    url = reverse("change_report", args=[home.pk])
    client.force_login(staff["jingban2"])
    assert "死亡信息有误" not in client.get(url).content.decode()
    cf.verified(staff, "death", cf.member("赵丙"))
    assert "死亡信息有误" in client.get(url).content.decode()
    page = client.get(f"{url}?kind=alive").content.decode()
    assert "赵丙" in page
    assert "查明还在世的日期" in page
    empty = client.post(f"{url}?kind=alive", fields(page, ""))
    assert "请选择" in empty.content.decode()


def test_who_is_paid_already_turns_to_an_institution_s_account_by_two_and_with_words(staff: Staff) -> None:
    home = cf.receiving(staff)
    review = reviews.open_reviews(by=staff["jingban"], awards=[Award.objects.get().pk], on=cf.TODAY).cases[0]
    place, told = "寄料镇敬老院", {"bank": "汝州农商银行", "number": "6299000000000008888"}

    def plan(account: str) -> None:
        checks.plan_support(
            case=review, by=staff["jingban"], person=home.head, form="centralised", institution=place,
            bank=told["bank"], account=account, on=cf.TODAY,
        )  # fmt: skip

    def report(**more: str) -> ChangeEvent:
        return cf.reported(staff, "account", home.head, **told, **more)

    with pytest.raises(DetailMissing, match="供养机构"):
        report(holder=place, text="住进敬老院")
    with pytest.raises(checks.AccountPaysNow):
        plan(told["number"])
    plan("")
    with pytest.raises(DetailMissing, match="缘由"):
        report(holder=place)
    event = report(holder=place, text="住进敬老院, 本人签字同意")
    before = account_of(home.head)
    assert before is not None
    assert before.holder_name == home.head.name
    reviews.verify(event=event, by=staff["jingban2"], note="看了入住协议", on=cf.TODAY)
    now = account_of(home.head)
    assert now is not None
    assert (now.holder_name, now.last4) == (place, "8888")


def test_a_stop_in_its_gradual_exit_is_corrected_to_a_grant_without_paying_twice(staff: Staff) -> None:
    home = cf.receiving(staff)
    case = cf.verified(staff, "job", home.head, text="进厂", exit_cause="employment").case
    assert case is not None
    cf.declared(staff, home, cf.TODAY, wage=90_000_000)
    stop = cf.decided(fresh(case), staff)
    exit_ends = Closing.objects.get().ends_on
    assert exit_ends > dt.date(2026, 12, 1)
    appeal = decisions.appeal(
        decision=stop, by=staff["jingban"], kind="reconsideration", ground="没有进厂", on=cf.TODAY
    )
    again = decisions.answer(
        appeal=appeal, by=staff["shenpi2"], outcome="revoked", document_no="汝政复决〔2026〕3号",
        decided_on=cf.TODAY, text="事实不清", on=cf.TODAY,
    )  # fmt: skip
    assert again is not None
    cf.declared(staff, home, cf.TODAY, wage=970_000)
    cf.signed(cf.assessed(fresh(again), staff), staff)
    right = decisions.confirm(case=fresh(again), by=staff["shenpi2"], on=cf.TODAY)
    old, new = Award.objects.order_by("pk")
    closing = Closing.objects.get()
    assert (closing.decision, closing.cut_by, closing.first_ends_on) == (stop, right, exit_ends)
    assert closing.ends_on == new.from_on == dt.date(2026, 12, 1)
    assert not old.holdings.exclude(released_on=cf.TODAY).exists()
    row = Closing.objects.filter(pk=closing.pk)
    refused_by_database(lambda: row.update(ends_on=exit_ends), "提前一次")
    refused_by_database(lambda: row.update(cut_by=None, first_ends_on=None), "提前一次")
    refused_by_database(lambda: row.update(decision=right), "写定后不能改动|提前一次")


def test_a_road_without_a_survey_is_assessed_and_goes_back_where_it_begins(staff: Staff) -> None:
    law("road.full", "[accept, review, sign, confirm, notify, roll]", "代码表", "完整程序")
    case = walking.file(staff, ON)
    walking.accept(case, staff, ON)
    assert checks.assess(case=fresh(case), by=staff["jingban"], on=ON) is not None
    walking.review(fresh(case), staff, ON)
    decisions.send_back(case=fresh(case), by=staff["fuze"], text="再看收入", on=ON)
    assert fresh(case).station == "review"
    walking.review(fresh(case), staff, ON)
    walking.sign(fresh(case), staff, ON)
    first = decisions.refuse(case=fresh(case), by=staff["shenpi"], reason_code="R01", text="", on=ON)
    again = decisions.reopen(decision=first, by=staff["shenpi2"], cause="复查", on=ON)
    assert again.station == "review"
    assert checks.assess(case=again, by=staff["jingban"], on=ON) is not None
