"""The dossier of a case: the purpose first, one PDF with a contents page, nothing that must not be in it."""

import io
import re
import subprocess

import pytest
from django.urls import reverse
from PIL import Image

from doudi.exchange.pictures import cleaned
from doudi.records.audit.models import Event, Look
from doudi.records.cases.models import Case
from doudi.records.intake.models import Paper
from doudi.records.postings import services as postings
from doudi.records.postings.models import Posting
from doudi.records.staff.models import Role, User
from doudi.store.kept import keep
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of
from tests.services import golden_family as golden

pytestmark = pytest.mark.django_db


def pdf_text(content: bytes) -> str:
    told = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return told.stdout.decode()


def export(sign_in: SignIn, case: Case, purpose: str = "归档") -> bytes:
    answer = sign_in("jingban").post(reverse("case_dossier", args=[case.pk]), {"purpose": purpose})
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store"
    return bytes(answer.content)


@pytest.mark.parametrize("role", list(Role))
def test_who_may_export(role: str, filed: Case, sign_in: SignIn) -> None:
    answer = sign_in(role).get(reverse("case_dossier", args=[filed.pk]))
    assert answer.status_code == (200 if role in {"jingban", "fuze", "shenpi"} else 403)


def test_without_a_purpose_nothing_leaves(assessed: Case, sign_in: SignIn) -> None:
    answer = sign_in("jingban").post(reverse("case_dossier", args=[assessed.pk]), {"purpose": " "})
    assert "请填写" in text_of(answer.content.decode())
    assert not Look.objects.filter(action="export").exists()


def test_every_part_is_in_the_contents_with_its_page(assessed: Case, sign_in: SignIn) -> None:
    said = pdf_text(export(sign_in, assessed))
    cover, contents = said.split("\f")[:2]
    assert "用途：归档" in cover
    assert "赵甲" in cover
    for title in ("申请", "材料清单", "授权与承诺", "调查", "信息核对", "测算", "初审意见", "公示与异议", "决定",
                  "告知送达", "发放", "办理记录", "图片"):  # fmt: skip
        assert re.search(rf"{title}[ .]+\u2060?\d+\s", contents), (
            title
        )  # a line of the contents ends in its page
    assert "819.00" in said


def test_an_export_stays_on_record(assessed: Case, sign_in: SignIn) -> None:
    export(sign_in, assessed, "复议答复")
    looked = Look.objects.get(action="export")
    assert (looked.actor, looked.subject, looked.purpose) == ("jingban", f"case:{assessed.pk}", "复议答复")
    assert Event.objects.filter(action="export").count() == 1  # chained at once


def test_no_whole_number_and_no_objector_is_in_it(
    assessed: Case, staff: dict[str, User], sign_in: SignIn
) -> None:
    from doudi.records.checks import services as checks

    checks.give_opinion(
        case=assessed, by=staff["jingban"], recommends=True, text="符合", on=assessed.station_from_on
    )
    case = Case.objects.get(pk=assessed.pk)
    postings.publish(case=case, by=staff["jingban"], on=case.station_from_on)
    postings.object_to(
        posting=Posting.objects.get(),
        channel="电话",
        text="他家有轿车是我看见的",
        contact="孙邻居",
        on=case.station_from_on,
    )
    said = pdf_text(export(sign_in, case))
    assert "他家有轿车" not in said
    assert "孙邻居" not in said
    assert "电话" in said
    for number in (golden.number("19810301", 11), golden.number("20140601", 31), "6299000000000000001"):
        assert number not in said


def test_photographs_are_printed(assessed: Case, sign_in: SignIn) -> None:
    before = len(export(sign_in, assessed))
    drawn = io.BytesIO()
    Image.effect_noise((900, 600), 80).convert("RGB").save(drawn, "JPEG")
    kept = keep(cleaned(drawn.getvalue()), media_type="image/jpeg", title="户口簿首页", by="jingban")
    Paper.objects.filter(pk=Paper.objects.filter(case=assessed).values("pk")[:1]).update(photo=kept)
    content = export(sign_in, assessed)
    assert "户口簿首页" in pdf_text(content)
    assert len(content) > before + 50_000


def test_another_townships_case_is_not_there(filed: Case, sign_in: SignIn) -> None:
    from doudi.records.areas.models import Area

    Area.objects.create(code="410482102000", name="别镇", level="township", parent_id=golden.COUNTY)
    User.objects.filter(username="jingban2").update(area="410482102000")
    answer = sign_in("jingban2").post(reverse("case_dossier", args=[filed.pk]), {"purpose": "看看"})
    assert answer.status_code == 404
