"""The home visit: as many as the pack asks, four methods, every signature, nothing the file must not carry."""

import datetime as dt
import io
from typing import Any

import pytest
from PIL import Image

from doudi.records.cases.models import Act, Case
from doudi.records.cases.services import Blocked, MustRecuse, NotYourDuty
from doudi.records.checks import services as checks
from doudi.records.checks.models import NeighbourTalk, VisitPhoto, VisitRecord
from doudi.records.checks.pictures import PictureRefused
from doudi.records.checks.queries import facts, files_of
from doudi.records.people.models import Fact
from doudi.records.people.services import FactDraft, file_relative
from doudi.records.staff.models import User
from doudi.store.kept import content
from tests.services import golden_family as golden
from tests.services.test_road import accept, day, filed, staff

__all__ = ["filed", "staff"]
pytestmark = pytest.mark.django_db
VISITED = day("09-16")


@pytest.fixture
def case(filed: Case, staff: dict[str, User]) -> Case:
    return accept(filed, staff)


def go(case: Case, staff: dict[str, User], on: dt.date = VISITED, **changes: Any) -> VisitRecord:
    return checks.visit(
        case=case, by=staff["jingban"], others=[staff["jingban2"]], on=on, draft=golden.seen(**changes)
    )


def photo() -> bytes:
    """As a phone takes it: with the place in it."""
    picture, out = Image.new("RGB", (40, 30), "green"), io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "GPS 34.17N 112.84E"
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_every_investigator_has_an_act_a_row_and_a_side(case: Case, staff: dict[str, User]) -> None:
    third = User.objects.create(username="third", name="第三人", role="jingban", area_id=golden.TOWNSHIP)
    visit = checks.visit(
        case=case,
        by=staff["jingban"],
        others=[staff["jingban2"], third],
        on=day("09-16"),
        draft=golden.seen(),
    )
    assert [one.user for one in visit.investigators.order_by("pk")] == [
        staff["jingban"],
        staff["jingban2"],
        third,
    ]
    assert Act.objects.filter(case=case, title="入户调查").count() == 3
    assert (facts(case).investigators, facts(case).survey_signed, facts(case).survey_gaps) == (3, True, ())


def test_the_same_person_twice_is_one_investigator(case: Case, staff: dict[str, User]) -> None:
    with pytest.raises(checks.OneInvestigator, match="至少 2 人"):
        checks.visit(
            case=case,
            by=staff["jingban"],
            others=[staff["jingban"]],
            on=day("09-16"),
            draft=golden.seen(),
        )
    assert not VisitRecord.objects.exists()


def test_a_relative_or_a_stranger_to_casework_may_not_come_along(case: Case, staff: dict[str, User]) -> None:
    with pytest.raises(NotYourDuty):
        checks.visit(
            case=case, by=staff["jingban"], others=[staff["fuze"]], on=day("09-16"), draft=golden.seen()
        )
    head = case.household.head
    file_relative(by=staff["jingban"], user=staff["jingban2"], person=head, relation="兄弟", on=day("09-14"))
    with pytest.raises(MustRecuse):
        go(case, staff)
    assert not VisitRecord.objects.exists()


def test_a_form_without_all_signatures_is_refused_and_says_whose(case: Case, staff: dict[str, User]) -> None:
    mine = {staff["jingban"].pk: photo()}
    with pytest.raises(checks.NotSigned, match="测试jingban2、在场家庭成员"):
        go(case, staff, paper=[], signatures=mine)
    both = {**mine, staff["jingban2"].pk: photo()}
    visit = go(case, staff, paper=[], signatures=both, member_signature=photo())
    assert visit.investigators.exclude(signature=None).count() == 2
    assert visit.member_signature is not None


def test_a_refusal_to_sign_needs_a_witness(case: Case, staff: dict[str, User]) -> None:
    both = {staff[login].pk: photo() for login in ("jingban", "jingban2")}
    refusal = {"paper": [], "signatures": both, "refused_because": "认为不用查存款"}
    with pytest.raises(checks.WitnessMissing):
        go(case, staff, **refusal)
    visit = go(case, staff, **refusal, witness="村委会 李某")
    assert (visit.refused_because, visit.witness) == ("认为不用查存款", "村委会 李某")


def test_a_survey_at_a_distance_needs_its_reason_and_looks_at_nothing(
    case: Case, staff: dict[str, User]
) -> None:
    both = {staff[login].pk: photo() for login in ("jingban", "jingban2")}
    told = {"statement": "说明了困难", "neighbours": "邻居证实", "members": "妻子证实"}
    phone = {"way": "phone", "paper": [], "signatures": both, "methods": told}
    with pytest.raises(checks.ReasonForDistanceMissing):
        go(case, staff, **phone)
    go(case, staff, **phone, way_reason="洪水断路")
    assert facts(case).survey_gaps == ()


def test_a_method_left_out_stands_in_the_way_of_the_sum(case: Case, staff: dict[str, User]) -> None:
    go(case, staff, methods={"statement": "说明了困难", "observation": "砖房"})
    assert facts(case).survey_gaps == ("走访邻居", "询问成员")
    with pytest.raises(Blocked, match="走访邻居、询问成员"):
        checks.assess(case=case, by=staff["jingban"], on=day("09-17"))
    go(case, staff, on=day("09-17"), methods={"neighbours": "日子紧", "members": "一致"})
    assert facts(case).survey_gaps == ()


def test_what_was_seen_replaces_nothing_and_stands_beside(case: Case, staff: dict[str, User]) -> None:
    head = case.household.head_id
    seen = FactDraft(kind="income", code="wage", person_id=head, amount_fen=1_200_000, cost_fen=0)
    items = [
        checks.ItemDraft(kind="member", person_id=head),
        checks.ItemDraft(kind="income", code="wage", person_id=head, agrees=False, fact=seen, note="工资单"),
    ]
    visit = go(case, staff, items=items)
    assert visit.is_consistent is False
    assert [(one.kind, one.agrees, one.seen_fen) for one in visit.items.order_by("pk")] == [
        ("member", True, None),
        ("income", False, 1_200_000),
    ]
    wages = Fact.objects.filter(kind="income", code="wage", void=False)
    assert {(fact.source, fact.amount_fen) for fact in wages} == {("declared", 970_000), ("seen", 1_200_000)}


def test_photographs_lose_their_place_and_are_sealed(case: Case, staff: dict[str, User]) -> None:
    go(case, staff, photos=[("home", photo()), ("home", photo())])
    kept = VisitPhoto.objects.filter(subject="home")
    assert (kept.count(), files_of(case).count()) == (2, 3)
    one = content(kept.order_by("pk")[0].file)
    assert b"GPS" in photo()
    assert b"GPS" not in one
    assert Image.open(io.BytesIO(one)).size == (40, 30)
    with pytest.raises(PictureRefused, match="不是照片"):
        go(case, staff, photos=[("home", b"%PDF-1.7")])


def test_a_neighbour_is_heard_under_seal(case: Case, staff: dict[str, User]) -> None:
    checks.talk(
        case=case, by=staff["jingban"], neighbour="孙某", relation="邻居", said="日子紧", on=day("09-16")
    )
    talk = NeighbourTalk.objects.get()
    assert (talk.neighbour, talk.said) == ("孙某", "日子紧")
    with pytest.raises(NotYourDuty):
        checks.talk(case=case, by=staff["cun"], neighbour="孙某", relation="邻居", said="", on=day("09-16"))
