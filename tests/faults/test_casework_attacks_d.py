"""What an attack on the casework had left open: one handler alone, awards gone meanwhile, the dead who live, kin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction

from doudi.records.cases.models import Act, Case
from doudi.records.postings import services as postings
from doudi.records.postings.models import Conclusion, Handler, Objection, Posting
from doudi.records.postings.objections import objections
from doudi.records.staff.models import Notice, User
from doudi.store.today import move_to
from tests.procedure import walking
from tests.services import golden_family as golden

if TYPE_CHECKING:
    from collections.abc import Callable

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
