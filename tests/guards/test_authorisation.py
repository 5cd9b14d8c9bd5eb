"""P12: every office address × method × role × own or other area, against the declared table. Nothing leaks."""

import datetime as dt
from collections import Counter
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from doudi.records.areas.models import Area
from doudi.records.cases.models import Assignment, Case
from doudi.records.checks import services as checks
from doudi.records.checks.meetings import Meeting
from doudi.records.checks.models import VisitPhoto
from doudi.records.checks.scenarios import keep
from doudi.records.checks.simulating import Question
from doudi.records.decisions.models import (
    Decision,
    ListBatch,
    ListRow,
    RaiseLine,
    SampleDraw,
    StandardRaise,
)
from doudi.records.intake import filings, referring, signing
from doudi.records.ledger import services as ledger
from doudi.records.payments import services as payments
from doudi.records.payments.models import Recovery
from doudi.records.people.models import Household
from doudi.records.people.services import ObligorDraft, Official
from doudi.records.policies import services as policies
from doudi.records.policies.services.proposals import NewValue
from doudi.records.postings import services as postings
from doudi.records.postings.models import Posting
from doudi.records.reviews import services as reviews
from doudi.records.staff import services as staff_services
from doudi.records.staff.models import Role, User
from doudi.store.today import move_to
from doudi.web.office.access import PAGES, Page
from tests.services import golden_family as golden
from tests.services import test_road as road
from tests.services.concluding import concluded

METHODS = ("GET", "POST", "DELETE")
OTHER_TOWNSHIP, OTHER_VILLAGE = "410482102000", "410482102201"
# An objection of each family: what was said, who said it, what was found. None of it is the village's to read.
SAID, WHO, FOUND = "他家有辆红色的车", "13900000777", "据东邻所说不属实"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# Addresses of other packages and of the text-size switch: open to whoever is signing in.
OPEN = ("account_", "mfa_", "socialaccount_", "ui:", "usersessions_")


class World:
    """Two townships, each with a family at every place an address can name; own and other."""

    def __init__(self) -> None:
        move_to(dt.date(2026, 11, 5))
        self.staff = golden.county()
        for role in Role:
            login = str(role)
            area = {Role.VILLAGE: golden.VILLAGE, Role.CLERK: golden.TOWNSHIP, Role.LEADER: golden.TOWNSHIP}
            if login not in self.staff:
                self.staff[login] = User.objects.create(
                    username=login, name=f"测试{login}", role=role, area_id=area.get(role, golden.COUNTY)
                )
        self.own = self._walked(self.staff, golden.draft())
        self.other = self._walked(self._elsewhere(), _draft_elsewhere())
        Assignment.objects.create(
            case_id=self.own["case"], user=self.staff["shegong"], on=dt.date(2026, 9, 14)
        )
        self.sample = SampleDraw.objects.create(
            no="CC202610-001", area_id=golden.COUNTY, scheme="dibao_rural", stage="after", month=202610,
            frame=[], rate_bp=3_000, seed="aa", drawn=[], on=dt.date(2026, 11, 2), by="shenpi",
        )  # fmt: skip
        self.run = payments.build(scheme="dibao_rural", month=202611, by=self.staff["caiwu"])
        home = Household.objects.get(pk=self.own["household"])
        self.recovery = Recovery.objects.create(
            no="ZJ202611-0001", scheme="dibao_rural", household=home, payee=home.head, village=home.village,
            cause="stopped", reason="停发", basis="测试", amount_fen=100, ordered_on=dt.date(2026, 11, 5),
            ordered_by=self.staff["fuhe"],
        )  # fmt: skip
        self.funds = funds_of(self.staff["caiwu"])
        question = Question(golden.COUNTY, 202701, (("dibao.standard.rural", "+5%"),))
        on = dt.date(2026, 11, 5)
        self.scenario = keep(by=self.staff["shenpi"], title="提标 5%", question=question, on=on)
        self.proposal = policies.propose(
            by=self.staff["shenpi"], area_code="410482", values=[NewValue("dibao.standard.rural", "6174")],
            since=dt.date(2027, 1, 1), document="汝民〔2026〕99号", reason="提标", on=on, scenario=self.scenario,
        )  # fmt: skip
        self.raising = StandardRaise.objects.create(
            proposal=self.proposal, book="dibao", from_on=dt.date(2027, 1, 1), assessed_on=dt.date(2027, 1, 1),
            built_by=self.staff["shenpi"], built_on=on,
        )  # fmt: skip
        self.raise_line = RaiseLine.objects.create(
            raising=self.raising, household=home, scheme="dibao_rural", village=home.village, effect="up",
            was_fen=100, before_fen=100, now_fen=200,
        )  # fmt: skip
        StandardRaise.objects.update(state="draft")
        self.listing = ListBatch.objects.create(
            scheme="goods", month=202611, title="冬令物资", document="汝民〔2026〕9号", item="棉被",
            built_by=self.staff["shenpi"], built_on=on,
        )  # fmt: skip
        self.list_row = ListRow.objects.create(
            batch=self.listing, person=home.head, household=home, village=home.village, payee=home.head, amount_fen=0
        )  # fmt: skip

    def _elsewhere(self) -> dict[str, User]:
        county = Area.objects.get(code=golden.COUNTY)
        town = Area.objects.create(code=OTHER_TOWNSHIP, name="温泉镇", level="township", parent=county)
        Area.objects.create(code=OTHER_VILLAGE, name="温泉村", level="village", parent=town)
        places = {
            "cun": OTHER_VILLAGE,
            "jingban": OTHER_TOWNSHIP,
            "jingban2": OTHER_TOWNSHIP,
            "fuze": OTHER_TOWNSHIP,
        }
        others = {
            login: User.objects.create(
                username=f"{login}-x", name=login, role=login.rstrip("2"), area_id=area
            )
            for login, area in places.items()
        }
        return {**self.staff, **others}

    def _walked(self, staff: dict[str, User], draft: Any) -> dict[str, int]:
        filed = road.intake.submit(by=staff["cun"], draft=draft, channel="village", on=road.day("09-14"))
        taken_in = _taken_in(filed, staff["jingban"])
        case = road.survey(road.accept(filed, staff), staff)
        postings.publish(case=case, by=staff["jingban"], on=road.day("09-18"))
        posting = Posting.objects.get(case=case)
        objection = postings.object_to(
            posting=posting, channel="电话", text=SAID, contact=WHO, on=road.day("09-19")
        )
        clerks = [staff["jingban"], staff["jingban2"]]
        postings.assign(objection=objection, by=staff["jingban"], users=clerks, on=road.day("09-19"))
        photo = postings.send_photo(
            posting=posting, by=staff["cun"], moment="first", data=golden.photo(), on=road.day("09-19")
        )
        concluded(
            objection=objection, by=staff["jingban"], outcome="dismissed", text=FOUND, on=road.day("09-21")
        )
        postings.send_up(case=case, by=staff["jingban"], on=road.day("09-28"))
        road.decisions.sign(case=Case.objects.get(pk=case.pk), by=staff["fuze"], on=road.day("09-28"))
        seen = road.decisions.county_visit(
            case=case, by=staff["shenpi2"], second=staff["shenpi"], note="属实", photo=golden.photo(),
            on=road.day("10-09"),
        )  # fmt: skip
        decision = road.decisions.confirm(case=case, by=staff["shenpi"], on=road.day("10-12"))
        road.decisions.deliver(
            decision=decision,
            by=staff["jingban"],
            received_by="本人",
            slip=golden.photo(),
            on=road.day("10-13"),
        )
        appeal = road.decisions.appeal(
            decision=decision, by=staff["shenpi"], kind="complaint", ground="少算了", on=road.day("10-14")
        )
        told = staff_services.notify(
            to_role="jingban",
            area_code=case.village_id,
            kind="returned",
            title="退回",
            link="",
            on=road.day("10-12"),
        )
        meeting = _deliberated(case, staff["jingban"])
        change = reviews.report(
            by=staff["cun"], household=case.household, kind="address", happened_on=dt.date(2026, 11, 5),
            details={"address": "2 组"}, photos=[golden.photo()], on=dt.date(2026, 11, 5),
        )  # fmt: skip
        custody = payments.record_custody(
            household=case.household, person=case.household.head, custodian="李某", relation="邻居",
            custodian_id=golden.number("19700101", 77), from_on=dt.date(2026, 11, 5), agreement=golden.photo(),
            by=staff["jingban"],
        )  # fmt: skip
        return {
            "custody": custody.pk, "change": change.pk, "proof": change.proofs.get().pk,
            "meeting": meeting.pk, "file": VisitPhoto.objects.get(visit__case=case).file_id,
            "notice": told.pk,
            "case": case.pk, "household": case.household_id, "posting": posting.pk, "objection": objection.pk,
            "photo": photo.pk, "county_visit": seen.pk, "appeal": appeal.pk,
            "decision": decision.pk, "person": case.household.head_id, **taken_in,
        }  # fmt: skip


def funds_of(payer: User) -> dict[str, int]:
    """A grant and a work voucher to be checked, and a month to be confirmed."""
    on = dt.date(2026, 11, 2)
    grant = ledger.register_receipt(
        kind="grant", level="city", scheme="", document_no="文1", on=on, fen=100, by=payer
    )
    work = ledger.register_work(kind="in", purpose="印制", document_no="收1", on=on, fen=100, by=payer)
    close = ledger.prepare_close(202610, payer)
    account = ledger.register_account(
        holder_name="专户", bank="农商银行", number="41048200000000001", opened_on=on, schemes=[], by=payer
    )
    return {"fund": grant.pk, "fund_work": work.pk, "fund_month": close.pk, "fund_account": account.pk}


def _taken_in(case: Case, clerk: User) -> dict[str, int]:
    """What the window leaves beside an application: a signature's picture, an inquiry, a referral, a filing."""
    day, head = road.day("09-14"), case.household.head
    son = ObligorDraft(name="赵大", relation="child")
    obligor = signing.add_obligor(case=case, by=clerk, draft=son, on=day)
    signed = signing.sign(
        case=case, by=clerk, key=f"authorise-o{obligor.pk}", way="photo", image=golden.photo(), on=day
    )
    inquiry = referring.ask_hukou(case=case, by=clerk, person=head, county="外县", same_province=True, on=day)
    referral = referring.refer(
        by=clerk, household=case.household, case=case, department="women", matter="帮扶", due_on=day, on=day
    )
    filing = filings.file_relative(
        by=clerk, name=head.name, id_number=head.id_number, relation="兄弟",
        official=Official(cadre_name="李某", position="村主任"), on=day,
    )  # fmt: skip
    assert signed.image_id is not None
    return {
        "picture": signed.image_id, "inquiry": inquiry.pk, "referral": referral.pk, "relative": filing.pk,
        "obligor": obligor.pk,
    }  # fmt: skip


def _deliberated(case: Case, clerk: User) -> Meeting:
    """The village's panel, formed and met, with its signed minutes."""
    drafts = [checks.MemberDraft(name=f"评议员{n}", standing="delegate", id_number="") for n in range(5)]
    panel = checks.form_panel(village=case.village, by=clerk, members=drafts, on=road.day("09-17"))
    present = list(panel.members.order_by("pk"))
    meeting = checks.hold_meeting(
        panel=panel, by=clerk, on=road.day("09-17"), place="村部", chair=present[0], present=present
    )
    return checks.keep_minutes(meeting=meeting, by=clerk, picture=golden.photo())


def _draft_elsewhere() -> Any:
    from doudi.records.people.services import Member

    return golden.draft(
        village_id=OTHER_VILLAGE,
        members=(
            Member(name="孙甲", id_number=golden.number("19700101", 41), relation="head"),
            Member(name="李乙", id_number=golden.number("19710101", 42), relation="spouse"),
            Member(name="孙丙", id_number=golden.number("20130101", 43), relation="child"),
        ),
        account="6299000000000000009",
    )


def patterns() -> dict[str, str]:
    """name → route of every office address (stages only)."""
    import_module("doudi.web.office.urls")
    return {
        pattern.name: str(pattern.pattern)
        for pattern in get_resolver("doudi.web.office.urls").url_patterns
        if isinstance(pattern, URLPattern) and pattern.name
    }


CANARIES = (
    golden.number("19810301", 11), golden.number("19830505", 22), golden.number("20140601", 31),
    "6299000000000000001",
)  # fmt: skip
# Which object the number in an address means; what is not scoped by area has no "other".
CASES = dict.fromkeys(("receipt_pdf", "papers_note", "gap_notice_pdf"), "case")
SUBJECT = {
    "decision": "decision", "decision_letter": "decision", "objection": "objection", "take_objection": "posting",
    "answer_letter": "objection", "objection_assign": "objection",
    "objection_countersign": "objection", "objection_reply": "objection",
    "objection_contact": "objection",
    "board_photo": "photo", "board_photo_send": "posting", "take_tip": "household",
    "household": "household", "household_unmask": "household", "intake_known": "household", "entry_live": "household",
    **dict.fromkeys(
        ("household_money", "household_money_sheet", "payroll_household", "payroll_household_sheet"), "household"
    ),
    "recovery_new": "household", "custody_new": "household",
    **dict.fromkeys(("custody_file", "custody_end", "custody_agreement"), "custody"),
    "payroll_decision": "decision", "notice": "notice", "change_report": "household",
    **dict.fromkeys(
        ("change", "change_proof", "change_verify", "change_reject", "change_decide", "change_letter"), "change"
    ),
    "referral": "referral", "relative_revoke": "relative",
    "delivery_slip": "decision", "appeal_new": "decision", "appeal": "appeal", "appeal_answer": "appeal",
}  # fmt: skip
COUNTY_WIDE = frozenset({Role.APPROVER, Role.DIRECTOR, Role.AUDITOR, Role.VERIFIER})


def address(name: str, route: str, place: dict[str, int], world: World) -> str:
    kwargs: dict[str, Any] = {}
    if "<int:pk>" in route:
        kwargs["pk"] = _subject(name, place, world)
    for part in ("meeting", "file", "picture", "inquiry", "obligor", "proof"):
        if f"<int:{part}>" in route:
            kwargs[part] = place[part]
    if "<str:sheet>" in route:
        kwargs["sheet"] = "ruhu"
    if "<int:visit>" in route:
        kwargs["visit"] = place["county_visit"]
    if "<int:person>" in route:
        kwargs["person"] = place["person"]
    if "<str:village>" in route:
        kwargs["village"] = golden.VILLAGE if place is world.own else OTHER_VILLAGE
    if "<str:kind>" in route:
        kwargs["kind"] = "gaozhi"
    if "<str:path>" in route:
        kwargs["path"] = "dibao.standard.rural"
    if "<int:year>" in route:
        kwargs["year"] = 2026
    rest = {part.split(":")[-1].strip(">") for part in route.split("<")[1:] for part in [part.split(">")[0]]}
    for missing in rest - set(kwargs):
        kwargs[missing] = {
            "scheme": "dibao_rural",
            "line": world.raise_line.pk,
            "row": world.list_row.pk,
            "month": 202611,
            "round": 1,
            "notice": 1,
        }.get(missing, 1)
    return reverse(name, kwargs=kwargs, urlconf="doudi.web.office.urls")


def _subject(name: str, place: dict[str, int], world: World) -> int:
    if name == "sample":
        return int(world.sample.pk)
    if name == "user" or name.startswith("user_"):
        return int(world.staff["cun"].pk)
    if name.startswith("recovery") and name not in SUBJECT:
        return int(world.recovery.pk)
    if name.startswith("payroll") and name not in SUBJECT:
        return int(world.run.pk)
    if name.startswith("raise"):
        return int(world.raising.pk)
    if name.startswith("listing"):
        return int(world.listing.pk)
    if name.startswith("fund"):
        kinds = ("fund_work", "fund_month", "fund_account")
        return world.funds[next((one for one in kinds if name.startswith(one)), "fund")]
    if name.startswith(("roster", "job")):
        return 1
    if name.startswith(("scenario", "proposal")):
        return int((world.scenario if name.startswith("scenario") else world.proposal).pk)
    return place[SUBJECT.get(name, "case")]


def by_area(name: str, route: str) -> bool:
    """Whether an address names something that lies in one area."""
    unscoped = name.startswith(
        (
            "absence",
            "payroll",
            "recovery",
            "fund",
            "hand_",
            "user",
            "roster",
            "workday",
            "scenario",
            "proposal",
            "raise",
            "listing",
            "job",
        )
    )
    unscoped = unscoped or name == "sample"
    return not unscoped and ("<int:pk>" in route or "<str:village>" in route)


def test_every_address_is_in_the_authorisation_table() -> None:
    names = set()
    for pattern in get_resolver("doudi.web.office.urls").reverse_dict:
        if isinstance(pattern, str):
            names.add(pattern)
    undeclared = sorted(name for name in names if name not in PAGES and not name.startswith(OPEN))
    assert not undeclared, f"没有登记权限的地址: {undeclared}"
    assert set(patterns()) == set(PAGES)


@pytest.mark.slow
@pytest.mark.django_db
def test_nothing_leaks_over_every_address_method_role_and_area(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    world, cells, wrong = World(), Counter[str](), []
    for role in Role:
        client = Client(raise_request_exception=False)
        client.force_login(world.staff[str(role)], backend=BACKEND)
        for name, route in patterns().items():
            for place in (world.own, world.other) if by_area(name, route) else (world.own,):
                for method in METHODS:
                    if not walked(PAGES[name], role, method):
                        continue
                    response = client.generic(method, address(name, route, place, world))
                    status = response.status_code
                    cells["all"] += 1
                    fault = leak(name, role, method, status, elsewhere=place is world.other)
                    fault = fault or shown(response) or overheard(role, response)
                    if fault:
                        wrong.append(f"{role} {method} {name} → {status}: {fault}")
    assert not [number for number in CANARIES if number in caplog.text], "日志里有完整号码"
    with capsys.disabled():
        print(f"\n权限矩阵: {cells['all']} 格, 泄漏 {len(wrong)}")
    assert not wrong, "\n".join(wrong[:40])
    assert cells["all"] >= (3000 if connection.vendor == "sqlite" else 1000)


def walked(page: Page, role: Role, method: str) -> bool:
    """On a server only what opens a view: whoever is turned away before any record is asked is so on both."""
    return connection.vendor == "sqlite" or (role in page.roles and method in page.methods)


def shown(response: Any) -> str:
    """P13: no answer to a plain request carries a whole identity or account number."""
    if response.streaming or not response.get("Content-Type", "").startswith("text/"):
        return ""
    body = response.content.decode("utf-8", "replace") + response.get("Location", "")
    return "a whole number is shown" if any(number in body for number in CANARIES) else ""


def overheard(role: Role, response: Any) -> str:
    """The village and whoever visits learn nothing of an objection; nobody learns who said it without a purpose."""
    kept = (WHO, SAID, FOUND) if role in (Role.VILLAGE, Role.SOCIAL_WORKER) else (WHO,)
    body = b"" if response.streaming else response.content
    return "an objection is overheard" if any(words.encode() in body for words in kept) else ""


def leak(name: str, role: Role, method: str, status: int, *, elsewhere: bool) -> str:
    """What is wrong with an answer; empty where it is as declared."""
    page = PAGES[name]
    if status >= 500:
        return "server error"
    if role not in page.roles:
        return "" if status == 403 else "role is not declared"
    if method not in page.methods:
        return "" if status == 405 else "method is not declared"
    if elsewhere and role not in COUNTY_WIDE and status not in (403, 404):
        return "another area's record"
    if method == "GET" and not elsewhere and status in (403, 404) and name not in ONLY_WITH_DATA:
        return "own record refused"
    return ""


# Addresses that need a record the two families do not have.
ONLY_WITH_DATA = frozenset(
    {
        "fund_change_check",
        "fund_change_decline",
        "fund_move_check",
        "fund_move_decline",
        "payroll_register",
        "payroll_register_xlsx",
        "payroll_registers",
        "payroll_resolve",
        "raise_letters",
        "hand_sign",
        "listing_transfer",
        "listing_review",
        "listing_pay",
        "listing_decline",
        "payroll_hand_sheet",
        "recovery_letter",
        "recovery_new",
        "payroll_return_check",
        "payroll_return_withdraw",
        "payroll_slip",
        "payroll_release",
        "payroll_why",
        "gap_notice_pdf",
        "notice",
        "absence_back",
        "case_change",
        "change_letter",
        "termination_letter",
        "job",
        "job_progress",
        "job_file",
        "roster",
        "roster_progress",
        "roster_commit",
    }
)


def test_nobody_unknown_opens_anything(db: None) -> None:
    world_free = [name for name, route in patterns().items() if "<" not in route]
    for name in world_free:
        response = Client().get(reverse(name, urlconf="doudi.web.office.urls"))
        assert (response.status_code, "login" in response.get("Location", "")) == (302, True), name
    assert Decision.objects.count() == 0
