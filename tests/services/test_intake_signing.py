"""Who must sign before a case is accepted, and how: on paper, photographed, on the screen, by a guardian."""

import datetime as dt
import io
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from PIL import Image

from doudi.records.cases.models import Case
from doudi.records.cases.services import Blocked, NotYourDuty
from doudi.records.intake import queries, signing
from doudi.records.intake import services as intake
from doudi.records.intake.models import Paper, Signature
from doudi.records.people.models import Obligor
from doudi.records.people.services import Member, ObligorDraft
from doudi.records.staff.models import User
from doudi.store.kept import content
from tests.services import golden_family as golden

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 9, 14)
SON = ObligorDraft(name="赵大", relation="child", id_number=golden.number("20010101", 51), county="外县")


@pytest.fixture
def staff() -> dict[str, User]:
    return golden.county()


def filed(staff: dict[str, User], **changes: Any) -> Case:
    draft = golden.draft(**changes)
    return intake.submit(by=staff["cun"], draft=draft, channel="village", on=DAY)


def ready(case: Case, staff: dict[str, User]) -> None:
    asked = Paper.objects.filter(case=case).exclude(status="fetched").values_list("kind", flat=True)
    intake.note_papers(case=case, by=staff["jingban"], have=list(asked), on=DAY)


def drawing() -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (200, 80), (0, 0, 0, 0)).save(out, "PNG")
    return out.getvalue()


def sign(case: Case, staff: dict[str, User], key: str, **changes: Any) -> Signature:
    given = {"way": "hand", "on": DAY} | changes
    return signing.sign(case=case, by=staff["jingban"], key=key, **given)


def key_of(case: Case, name: str, what: str = "authorise") -> str:
    return next(one.key for one in queries.signers(case) if (one.name, one.what) == (name, what))


def test_signed_on_paper_covers_adults_minors_and_the_commitment(staff: dict[str, User]) -> None:
    case = filed(staff)
    assert queries.unsigned(case) == ()
    made = {(s.what, s.person.name): s.guardian for s in case.signatures.select_related("person") if s.person}
    assert made == {
        ("promise", "赵甲"): "", ("authorise", "赵甲"): "", ("authorise", "钱乙"): "", ("authorise", "赵丙"): "赵甲",
    }  # fmt: skip


def test_nobody_is_accepted_before_all_have_signed_and_they_are_named(staff: dict[str, User]) -> None:
    case = filed(staff, authorised=False, promised=False)
    ready(case, staff)
    with pytest.raises(Blocked) as held:
        intake.accept(case=case, by=staff["jingban"], on=DAY)
    said = held.value.text
    assert all(name in said for name in ("赵甲（诚信承诺书）", "钱乙", "赵丙（监护人代签）"))
    assert {block.code for block in held.value.blocks} == {"not_authorised", "unsigned"}
    signing.sign_on_paper(case=case, by=staff["jingban"], authorised=True, promised=True, on=DAY)
    assert intake.accept(case=case, by=staff["jingban"], on=DAY).station == "survey"


def test_an_obligor_must_sign_too_until_taken_off_the_list(staff: dict[str, User]) -> None:
    case = filed(staff)
    ready(case, staff)
    obligor = signing.add_obligor(case=case, by=staff["jingban"], draft=SON, on=DAY)
    assert signing.add_obligor(case=case, by=staff["jingban"], draft=SON, on=DAY) == obligor
    with pytest.raises(Blocked, match="赵大（义务人）"):
        intake.accept(case=case, by=staff["jingban"], on=DAY)
    signing.end_obligor(case=case, by=staff["jingban"], obligor=obligor, reason="已去世", on=DAY)
    assert queries.unsigned(case) == ()
    assert Obligor.objects.get().ended_reason == "已去世"


def test_an_obligor_who_has_signed_stays(staff: dict[str, User]) -> None:
    case = filed(staff, obligors=(SON,))
    obligor = Obligor.objects.get()
    sign(case, staff, key_of(case, "赵大"), way="photo", image=drawing())
    with pytest.raises(signing.ObligorHasSigned):
        signing.end_obligor(case=case, by=staff["jingban"], obligor=obligor, reason="登记有误", on=DAY)


def test_a_signature_on_the_screen_is_kept_sealed_and_clean(staff: dict[str, User]) -> None:
    case = filed(staff, authorised=False)
    made = sign(case, staff, key_of(case, "钱乙"), way="drawn", image=drawing())
    assert made.image is not None
    assert content(made.image).startswith(b"\xff\xd8")
    assert list(queries.pictures_of(case)) == [made.image]


def test_a_picture_is_needed_where_it_is_said_to_be_one(staff: dict[str, User]) -> None:
    case = filed(staff, authorised=False)
    with pytest.raises(signing.SignatureNotShown, match="钱乙"):
        sign(case, staff, key_of(case, "钱乙"), way="photo")
    with pytest.raises(signing.PictureRefused, match="不是照片"):
        sign(case, staff, key_of(case, "钱乙"), way="photo", image=b"%PDF-1.7 not a picture")
    assert not Signature.objects.filter(what="authorise").exists()


def test_a_minor_signs_through_a_guardian(staff: dict[str, User]) -> None:
    case = filed(staff, authorised=False)
    with pytest.raises(signing.GuardianMissing):
        sign(case, staff, key_of(case, "赵丙"))
    assert sign(case, staff, key_of(case, "赵丙"), guardian="钱 乙").guardian == "钱乙"


def test_a_minor_alone_is_not_signed_for_by_the_minor(staff: dict[str, User]) -> None:
    child = Member(name="孙丁", id_number=golden.number("20150101", 61), relation="head")
    case = filed(staff, members=(child,), facts=())
    assert queries.unsigned(case) == ("孙丁（监护人代签）",)


def test_nobody_signs_twice_nor_for_a_stranger(staff: dict[str, User]) -> None:
    case = filed(staff)
    with pytest.raises(signing.AlreadySigned, match="2026-09-14"):
        sign(case, staff, key_of(case, "钱乙"))
    with pytest.raises(signing.NotASigner):
        sign(case, staff, "authorise-p0")
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(
            case=case, what="authorise", person=case.household.head, way="hand", signed_on=DAY, noted_by="x"
        )


def test_a_signature_is_never_changed(staff: dict[str, User]) -> None:
    filed(staff)
    with pytest.raises(DatabaseError, match="签字"), transaction.atomic():
        Signature.objects.update(signed_on=dt.date(2026, 9, 1))


def test_signatures_are_noted_by_those_who_take_applications(staff: dict[str, User]) -> None:
    case = filed(staff, authorised=False)
    with pytest.raises(NotYourDuty):
        signing.sign(case=case, by=staff["shenpi"], key=key_of(case, "钱乙"), way="hand", on=DAY)


def test_one_notice_names_papers_and_signatures(staff: dict[str, User]) -> None:
    case = filed(staff, authorised=False)
    notice = intake.tell_gaps(case=case, by=staff["jingban"], on=DAY)
    assert notice.unsigned == ["赵甲", "钱乙", "赵丙（监护人代签）"]
    ready(case, staff)
    again = intake.tell_gaps(case=case, by=staff["jingban"], on=DAY, reason="孩子的监护人换了")
    assert (again.kinds, again.round, len(again.unsigned)) == ([], 2, 3)


def test_the_mandate_is_kept_as_a_picture(staff: dict[str, User]) -> None:
    case = filed(staff, agent_phone="１００ 0000 0001", mandate_photo=drawing())
    assert case.application.mandate_photo is not None
    assert (case.application.agent_relation, case.application.agent_phone) == ("村级代办", "10000000001")
    assert case.papers.get(kind="agent_mandate").status == "have"


def test_what_the_system_fetches_is_never_taken_from_the_citizen(staff: dict[str, User]) -> None:
    case = filed(staff)
    for wrong in ({"have": ["disability"]}, {"have": [], "seen": ["identity"]}):
        with pytest.raises(intake.NotAskedOfCitizen, match="不得向申请人要"):
            intake.note_papers(case=case, by=staff["jingban"], on=DAY, **wrong)  # type: ignore[arg-type]
    with pytest.raises(intake.NotAskedOfCitizen):
        intake.keep_paper(case=case, by=staff["jingban"], kind="assets", photo=drawing(), on=DAY)
    with pytest.raises(intake.UnknownPaper):
        intake.note_papers(case=case, by=staff["jingban"], have=["birth_certificate"], on=DAY)


def test_a_paper_says_whether_the_original_was_seen_and_keeps_its_picture(staff: dict[str, User]) -> None:
    case = filed(staff)
    intake.note_papers(
        case=case,
        by=staff["jingban"],
        have=["application"],
        seen=["application"],
        copied=["application"],
        on=DAY,
    )
    kept = intake.keep_paper(case=case, by=staff["jingban"], kind="declaration", photo=drawing(), on=DAY)
    paper = case.papers.get(kind="application")
    assert (paper.status, paper.original_seen, paper.copy_kept) == ("have", True, True)
    assert (kept.status, kept.photo_id is not None) == ("have", True)
    intake.note_papers(case=case, by=staff["jingban"], have=[], on=DAY)
    assert case.papers.get(kind="declaration").status == "have"  # its picture is here
