"""A raise at the doors: a village's letters in one file, cases opened together, and in public why the sum changed."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from doudi.records.audit.models import Look
from doudi.records.awards.models import Award
from doudi.records.cases.models import Case
from doudi.records.decisions.models import Decision, StandardRaise
from doudi.records.desk.citizen import progress_of
from doudi.records.desk.published import raised as published_raises
from doudi.records.staff.models import Role, User
from doudi.store.today import today
from doudi.web.office.changes.letters import notice, word_of
from tests.screens.conftest import SignIn
from tests.screens.public_site import as_public_site, granted
from tests.screens.test_ui_print import joined
from tests.screens.typed import fields, text_of
from tests.services import factories
from tests.services import golden_family as golden
from tests.services import test_raising as raised

pytestmark = pytest.mark.django_db


@pytest.fixture
def awards(staff: dict[str, User]) -> list[Award]:
    """Three families on the roll; the third has come to a good income."""
    factories.office(raised.DAY)
    made = raised.receiving(3)
    raised.fact(made[2].household, kind="income", code="crops", person=made[2].payee, amount_fen=9_000_000)
    return made


@pytest.fixture
def signed(awards: list[Award], staff: dict[str, User]) -> StandardRaise:
    """Raised from September, signed in November."""
    return raised.signed(raised.opened(staff, raised.SEPTEMBER), staff)


def book(raising: StandardRaise, village: str = golden.VILLAGE) -> str:
    return reverse("raise_letters", args=[raising.pk, village])


@pytest.mark.parametrize("role", list(Role))
def test_who_goes_to_the_doors_reads_the_page(role: str, staff: dict[str, User], sign_in: SignIn) -> None:
    readers = (Role.CLERK, Role.LEADER, Role.APPROVER)
    assert sign_in(role).get(reverse("raise_homes")).status_code == (200 if role in readers else 403)
    readers = (*readers, Role.DIRECTOR)
    assert sign_in(role).get(reverse("raise_told")).status_code == (200 if role in readers else 403)


def test_with_no_raise_the_pages_say_what_will_be_here(staff: dict[str, User], sign_in: SignIn) -> None:
    assert "没有要立案核实的" in sign_in("jingban").get(reverse("raise_homes")).content.decode()
    assert "还没有调标的告知书" in sign_in("jingban").get(reverse("raise_told")).content.decode()


def test_the_letters_of_a_village_are_one_file_a_letter_a_family(
    signed: StandardRaise, awards: list[Award], sign_in: SignIn
) -> None:
    clerk = sign_in("jingban")
    page = text_of(clerk.get(reverse("raise_told")).content.decode())
    assert "打印 2 份" in page
    answer = clerk.get(book(signed))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    text = joined(answer.content)
    for award in awards[:2]:
        assert award.household.head.name in text
    assert awards[2].household.head.name not in text
    for said in ("增发告知书", "保障标准提高（依据：汝民〔2026〕99号、649号令", "不用申请",
                 "自2026年9月1日起每月",
                 "每月少发的36.00元另行补发", "行政复议"):  # fmt: skip
        assert text.count(said) >= 2, said
    assert "不追回" not in text
    assert text.count("— 1 —") == 2, "every letter begins at its own first page"
    prints = Look.objects.filter(action="print")
    assert prints.filter(subject__startswith="decision:").count() == 2


def test_elsewhere_and_without_a_decision_there_are_no_letters(
    signed: StandardRaise, staff: dict[str, User], sign_in: SignIn
) -> None:
    other = factories.elsewhere()
    assert sign_in("shenpi").get(book(signed, other.code)).status_code == 404
    User.objects.filter(pk=staff["jingban"].pk).update(area=other.parent)
    assert sign_in("jingban").get(book(signed)).status_code == 404
    assert "还没有调标的告知书" in sign_in("jingban").get(reverse("raise_told")).content.decode()


def test_a_raise_from_next_month_owes_nothing_for_the_past(
    awards: list[Award], staff: dict[str, User]
) -> None:
    december = raised.standard(staff, dt.date(2026, 12, 1))
    raised.signed(raised.opened(staff, dt.date(2026, 12, 1), proposal=december), staff)
    letter = notice(Decision.objects.filter(kind="raise").order_by("pk")[0], today())
    assert (letter.standing, letter.back_fen, letter.from_on) == ("raised", None, dt.date(2026, 12, 1))


def test_a_single_letter_and_its_reason_stand_on_the_decision(signed: StandardRaise, sign_in: SignIn) -> None:
    found = Decision.objects.filter(kind="raise").order_by("pk")[0]
    page = text_of(sign_in("jingban").get(reverse("decision", args=[found.pk])).content.decode())
    assert "保障标准提高, 每月增加36.00元" in page
    assert "变更告知书" in page
    assert word_of(found) == "增发"
    letter = joined(sign_in("jingban").get(reverse("decision_letter", args=[found.pk, "gaozhi"])).content)
    assert found.no in letter


def test_ticked_families_get_their_case(signed: StandardRaise, awards: list[Award], sign_in: SignIn) -> None:
    clerk, url = sign_in("jingban"), reverse("raise_homes")
    page = clerk.get(url).content.decode()
    assert "不再符合" in page
    assert awards[2].household.no in page
    row = signed.lines.get(effect="lost").pk
    answer = clerk.post(reverse("raise_reviews_open"), fields(page, "*") | {"row": [row]}, follow=True)
    assert "已立案" in text_of(answer.content.decode())
    case = Case.objects.get(household=awards[2].household)
    assert (case.kind, case.station) == ("review", "survey")
    assert "没有要立案核实的" in clerk.get(url).content.decode()
    again = clerk.post(reverse("raise_reviews_open"), {"row": [row]}, follow=True)
    assert case.no in again.content.decode(), "the second time names the case there is"
    assert Case.objects.filter(household=awards[2].household).count() == 1


def test_nothing_ticked_opens_nothing(signed: StandardRaise, sign_in: SignIn) -> None:
    answer = sign_in("jingban").post(reverse("raise_reviews_open"), {}, follow=True)
    assert "还没有勾选" in answer.content.decode()
    assert not Case.objects.exists()


def test_who_leads_reads_but_opens_no_case(signed: StandardRaise, sign_in: SignIn) -> None:
    leader = sign_in("fuze")
    assert "立案核实</button>" not in leader.get(reverse("raise_homes")).content.decode()
    assert leader.post(reverse("raise_reviews_open"), {}).status_code == 403


def test_the_family_reads_why_its_sum_changed(
    accepted: Case, staff: dict[str, User], settings: object, client: Client
) -> None:
    granted(accepted, staff)
    factories.move_to(raised.DAY)
    standing = Award.objects.get(household=accepted.household)
    raised.signed(raised.opened(staff), staff)
    accepted.refresh_from_db()
    told = progress_of(accepted, today())
    (change,) = told.changes
    now = Award.objects.get(household=accepted.household, closing=None)
    assert (change.before_fen, change.after_fen) == (standing.amount_fen, now.amount_fen)
    assert (change.why, change.document, change.pays_back) == ("保障标准提高", "汝民〔2026〕99号", True)
    as_public_site(settings)
    page = client.post("/jindu/", {"no": accepted.no, "code": accepted.query_code}, follow=True)
    for said in ("金额为什么变了", "保障标准提高", "汝民〔2026〕99号", "不用申请"):
        assert said in page.content.decode(), said
    listed = client.get(f"/gongshi/{golden.VILLAGE}/changqi/").content.decode()
    assert "标准提高了" in listed
    assert "汝民〔2026〕99号" in listed


def test_a_year_later_the_list_says_it_no_more(signed: StandardRaise) -> None:
    assert [one.from_on for one in published_raises(golden.VILLAGE, today())] == [raised.SEPTEMBER]
    assert not published_raises(golden.VILLAGE, today() + dt.timedelta(days=366))
