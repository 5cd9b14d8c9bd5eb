"""Lists decided in one go: whom they hold, who signs, what is refused, and the price subsidy paid to the 分."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum

from doudi.records.audit.models import Event
from doudi.records.awards.models import Award, AwardPart, Holding, Standing
from doudi.records.decisions import list_queries
from doudi.records.decisions.list_roster import ListFaulty
from doudi.records.decisions.list_sources import NO_LONGER, IndexTooLow, Picked
from doudi.records.decisions.models import Closing, Decision, ListBatch, ListRow, ListTransfer
from doudi.records.decisions.services import list_writing, listing
from doudi.records.jobs import services as jobs
from doudi.records.jobs.models import Job
from doudi.records.ledger.services import check_account, register_account
from doudi.records.payments.funds.funding import level_sums
from doudi.records.payments.funds.special_accounts import balance_of
from doudi.records.payments.models import PayLine
from doudi.records.payments.refusals import DutyNotYours, NothingOwed, SchemeNotPaid
from doudi.records.payments.services import transferring
from doudi.records.payments.services.allocating import FundsShort
from doudi.records.payments.settling.dues import due_in
from doudi.records.people.models import Account, Membership, Person, Relative
from doudi.records.reports import audit_accounts
from doudi.records.reports.auditor import differences
from doudi.records.staff.models import User
from doudi.store import triggers
from doudi.store.today import today
from tests.services import factories, golden_family
from tests.services import payroll_months as months

DAY = dt.date(2026, 11, 12)
OCTOBER = 202610
NEXT = dt.date(2026, 11, 1)
PAPER = "汝发改〔2026〕31号"
EACH = 1_800  # 5,880 元 a year × 3.6 % ÷ 12 = 17.64 元, rounded to 元
pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, User]:
    factories.office(DAY)
    return {login: factories.staff(login) for login in ("shenpi", "shenpi2", "caiwu", "fuhe", "pizhun")}


def subsidy(people: dict[str, User], **more: Any) -> ListBatch:
    given = {"month": OCTOBER, "cpi_bp": 360, "food_bp": 100, "document": PAPER} | more
    return listing.open_subsidy(**given, by=people["shenpi"], on=today())


def condolence(people: dict[str, User], **more: Any) -> ListBatch:
    given = {
        "scheme_id": "condolence", "month": 202611, "title": "春节慰问", "document": "汝民〔2026〕8号", "item": "",
        "amount_fen": 50_000, "wanted": Picked(("dibao_rural",), golden_family.COUNTY),
    } | more  # fmt: skip
    return listing.open_picked(**given, by=people["shenpi"], on=today())


def signed(batch: ListBatch, people: dict[str, User]) -> ListBatch:
    return listing.sign(batch=batch, by=people["shenpi2"], on=today())


def file_of(*rows: str) -> bytes:
    return "\n".join(["姓名,身份证号码,村,金额,账号", *rows]).encode("utf-8-sig")


def from_file(people: dict[str, User], *rows: str, **more: Any) -> ListBatch:
    given = {
        "data": file_of(*rows), "filename": "慰问.csv", "scheme_id": "condolence", "month": 202611,
        "title": "老党员慰问", "document": "汝民〔2026〕8号", "item": "",
    } | more  # fmt: skip
    return listing.open_file(**given, by=people["shenpi"], on=today())


def fresh(place: int) -> tuple[str, str]:
    """A name and a number that nobody here has."""
    return f"李新{'甲乙丙丁'[place]}", golden_family.number("19480203", 871 + place)


def families(count: int, members: int) -> list[Award]:
    heads = factories.persons(count)
    factories.cards(heads)
    return [factories.grant(home, members=factories.persons(members)) for home in factories.households(heads)]


def test_the_roll_of_the_month_is_listed_with_amount_and_steps(people: dict[str, User]) -> None:
    home, gone, late, other = families(4, 1)
    factories.stop(gone, dt.date(2026, 10, 1))
    months.suspended(late, dt.date(2026, 9, 1))
    factories.stop(other, NEXT)  # still there on the first of October
    batch = subsidy(people)
    rows = list(batch.rows.order_by("pk"))
    assert [(row.household_id, row.amount_fen) for row in rows] == [(home.household_id, EACH)] * 2 + [
        (other.household_id, EACH)
    ] * 2
    told = {(step["locality"], step["title"]): step for step in batch.told["steps"]}
    assert told["农村", "居民消费价格涨幅达到启动线"]["value"] == "是"
    assert told["农村", "每人价格补贴：不低于最低额"]["value"] == "18.00 元"
    assert {row.payee_id for row in rows} == {home.payee_id, other.payee_id}


def test_food_alone_starts_it_and_the_least_amount_holds(people: dict[str, User]) -> None:
    families(1, 0)
    batch = subsidy(people, cpi_bp=100, food_bp=600)
    assert [row.amount_fen for row in batch.rows.all()] == [2_900]  # 490 元 × 6 % = 29.40 元


def test_an_index_below_the_line_makes_no_list(people: dict[str, User]) -> None:
    families(1, 0)
    with pytest.raises(IndexTooLow, match=r"没有达到启动线.*3\.50%.*6\.00%"):
        subsidy(people, cpi_bp=349, food_bp=599)
    assert not ListBatch.objects.exists()


def test_one_person_with_two_awards_is_listed_once(people: dict[str, User]) -> None:
    (first,) = families(1, 0)
    factories.grant(first.household, 10_000, scheme="unattended_child")
    assert subsidy(people).rows.count() == 1


@pytest.mark.parametrize("month", [202611, 202612, 202509])
def test_a_month_not_yet_published_or_long_past_is_refused(people: dict[str, User], month: int) -> None:
    families(1, 0)
    with pytest.raises(listing.WrongMonth):
        subsidy(people, month=month)


def test_the_same_list_twice_is_refused_until_it_is_withdrawn(people: dict[str, User]) -> None:
    families(1, 0)
    first = subsidy(people)
    with pytest.raises(listing.ListKnown, match="测试shenpi"):
        subsidy(people, cpi_bp=500)
    listing.withdraw(batch=first, by=people["shenpi"])
    assert subsidy(people, cpi_bp=500).pk != first.pk


def test_who_made_a_list_does_not_sign_it_and_others_have_no_hand_in_it(people: dict[str, User]) -> None:
    families(1, 0)
    batch = subsidy(people)
    with pytest.raises(listing.SignedByItsMaker):
        listing.sign(batch=batch, by=people["shenpi"], on=today())
    with pytest.raises(listing.NotYourList):
        listing.sign(batch=batch, by=people["caiwu"], on=today())
    with pytest.raises(DatabaseError, match=r"list_by_two"), transaction.atomic():
        ListBatch.objects.update(state="done", signed_by=people["shenpi"], signed_on=today())
    with pytest.raises(DatabaseError, match="由县级审批签发"), transaction.atomic():
        ListBatch.objects.update(state="done", signed_by=people["caiwu"], signed_on=today())


def test_relatives_keep_their_own_from_signing(people: dict[str, User]) -> None:
    award, _ = families(2, 0)
    batch = subsidy(people)
    Relative.objects.create(
        user=people["shenpi2"], person_id=award.payee_id, relation="parent", filed_on=DAY
    )  # fmt: skip
    with pytest.raises(listing.OwnKinListed, match=award.household.no):
        signed(batch, people)


def test_the_dead_and_whoever_left_the_roll_are_left_out_with_the_reason(people: dict[str, User]) -> None:
    stays, dies, leaves = families(3, 0)
    dead = families(1, 1)[0]
    child = dead.holdings.exclude(person=dead.payee).get().person
    Person.objects.filter(pk=child.pk).update(died_on=dt.date(2026, 10, 20))
    batch = subsidy(people)
    assert "有死亡报告" in batch.rows.get(person=child).left_out
    Person.objects.filter(pk=dies.payee_id).update(death_reported_on=DAY)
    factories.stop(leaves, dt.date(2026, 10, 1))
    done = signed(batch, people)
    assert (done.state, done.persons, done.total_fen) == ("done", 2, 2 * EACH)
    assert "有死亡报告" in done.rows.get(person=dies.payee_id).left_out
    assert done.rows.get(person=leaves.payee_id).left_out == NO_LONGER
    assert set(Award.objects.filter(scheme="price_subsidy").values_list("household", flat=True)) == {
        stays.household_id, dead.household_id,
    }  # fmt: skip


def test_a_signed_list_opens_and_closes_one_month_a_household(people: dict[str, User]) -> None:
    homes = families(3, 2)
    done = signed(subsidy(people), people)
    for home in homes:
        decision = Decision.objects.get(household=home.household, kind="list")
        award = Award.objects.get(opening__decision=decision)
        assert (award.scheme, award.persons, award.amount_fen) == ("price_subsidy", 3, 3 * EACH)
        assert (award.payee_id, award.from_on) == (home.payee_id, dt.date(2026, 10, 1))
        assert Closing.objects.get(award=award, decision=decision).ends_on == NEXT
        assert decision.basis == PAPER
        assert (
            AwardPart.objects.filter(award=award).aggregate(fen=Sum("amount_fen"))["fen"] == award.amount_fen
        )
        assert Holding.objects.filter(award=award, released_on=NEXT).count() == 3
        assert not Standing.objects.filter(award=award).exists()
    assert len(due_in("price_subsidy", OCTOBER)) == 3
    assert not due_in("price_subsidy", 202609)
    assert not due_in("price_subsidy", 202611)
    assert done.rows.filter(decision=None).count() == 0


def test_after_signing_nothing_of_a_list_changes(people: dict[str, User]) -> None:
    families(2, 0)
    batch = subsidy(people)
    row = batch.rows.order_by("pk").first()
    listing.leave_out(row=row, reason="正在核实", by=people["shenpi"])
    listing.take_in(row=row, reason="已核实", by=people["shenpi"])
    done = signed(batch, people)
    with pytest.raises(listing.ListNotThere):
        listing.leave_out(row=row, reason="晚了", by=people["shenpi"])
    with pytest.raises(listing.ListNotThere):
        listing.withdraw(batch=done, by=people["shenpi"])
    assert signed(done, people).pk == done.pk
    assert Award.objects.filter(scheme="price_subsidy").count() == 2
    for change in ({"amount_fen": 1}, {"left_out": "x"}, {"decision": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ListRow.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        ListRow.objects.create(
            batch=done, person=row.payee, household=row.household, village=row.village, payee=row.payee, amount_fen=1
        )  # fmt: skip


def test_what_was_found_out_cannot_be_taken_in_again(people: dict[str, User]) -> None:
    one, _ = families(2, 0)
    Person.objects.filter(pk=one.payee_id).update(died_on=DAY)
    row = subsidy(people).rows.get(person=one.payee_id)
    with pytest.raises(listing.ListNotThere, match="不能放回"):
        listing.take_in(row=row, reason="说是误报", by=people["shenpi"])
    with pytest.raises(listing.ListReasonMissing):
        listing.leave_out(row=row, reason=" ", by=people["shenpi"])


def test_a_writing_that_stopped_goes_on_and_writes_nobody_twice(
    people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    families(5, 1)
    batch = subsidy(people)
    monkeypatch.setattr(list_writing, "CHUNK", 2)
    whole = list_writing._open
    calls: list[int] = []

    def breaks(*given: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise OSError("电断了")
        whole(*given)

    monkeypatch.setattr(list_writing, "_open", breaks)
    with pytest.raises(listing.ListUnfinished):
        signed(batch, people)
    assert Award.objects.filter(scheme="price_subsidy").count() == 2
    job = Job.objects.get(key=f"list.apply:{batch.pk}")
    jobs.run(jobs.retry(job.pk).pk)
    batch.refresh_from_db()
    assert batch.state == "done"
    assert (
        Award.objects.filter(scheme="price_subsidy").count()
        == Decision.objects.filter(kind="list").count()
        == 5
    )


def test_the_subsidy_is_paid_by_the_payroll_of_its_month_exactly_once(people: dict[str, User]) -> None:
    office = factories.Office(people["caiwu"], people["fuhe"], people["pizhun"])
    homes = families(2, 2)
    signed(subsidy(people), people)
    run = months.services.build(scheme="price_subsidy", month=OCTOBER, by=office.caiwu)
    run = months.paid_out(run, office)
    assert (run.state, run.total_fen) == ("closed", 2 * 3 * EACH)
    lines = PayLine.objects.filter(run=run)
    assert {(one.household_id, one.amount_fen, one.state) for one in lines} == {
        (home.household_id, 3 * EACH, "paid") for home in homes
    }  # fmt: skip
    assert months.balance("1001") == -2 * 3 * EACH
    with pytest.raises(SchemeNotPaid):
        months.services.build(scheme="price_subsidy", month=202611, by=office.caiwu)
    with pytest.raises(NothingOwed):
        months.services.build_backpay(scheme="price_subsidy", month=202611, by=office.caiwu)
    assert list(differences()) == []


def test_condolence_money_for_persons_of_a_file_who_receive_nothing_else(people: dict[str, User]) -> None:
    (known,) = factories.households(factories.persons(1))
    name, number = fresh(0)
    batch = from_file(
        people,
        f"{known.head.name},{known.head.id_number},,1000",
        f"{name},{number},寄料村,500.50,6217000012345678909",
    )
    rows = {row.person.id_number: row for row in batch.rows.select_related("person", "household")}
    assert rows[known.head.id_number].household == known
    new = rows[number]
    assert (new.person.name, new.amount_fen, new.household.head_id) == (name, 50_050, new.person_id)
    assert Account.objects.get(person=new.person).last4 == "8909"
    done = signed(batch, people)
    assert (done.persons, done.total_fen) == (2, 150_050)
    assert {due.amount_fen for due in due_in("condolence", 202611).values()} == {100_000, 50_050}


def test_twenty_nine_persons_and_twenty_thousand_yuan(people: dict[str, User]) -> None:
    heads = factories.persons(29)
    factories.households(heads)
    amounts = [69_000] * 28 + [68_000]
    rows = [f"{one.name},{one.id_number},,{fen // 100}" for one, fen in zip(heads, amounts, strict=True)]
    done = signed(from_file(people, *rows), people)
    assert (done.persons, done.total_fen) == (29, 2_000_000)


def test_a_file_with_errors_lists_nobody_and_tells_each_line(people: dict[str, User]) -> None:
    (known,) = factories.households(factories.persons(1))
    name, number = fresh(0)
    with pytest.raises(ListFaulty) as told:
        from_file(
            people, f"别名,{known.head.id_number},,100", f"{name},{number},没有村,100", f"{fresh(1)[0]},123,寄料村,100",
            f"{fresh(2)[0]},{fresh(2)[1]},寄料村,100", f"{fresh(2)[0]},{fresh(2)[1]},寄料村,100",
        )  # fmt: skip
    assert {2, 3, 4, 5, 6} <= {one.row for one in told.value.errors}
    assert not ListBatch.objects.exists()
    assert not Person.objects.filter(name=name).exists()


def test_the_same_file_again_is_refused(people: dict[str, User]) -> None:
    name, number = fresh(0)
    from_file(people, f"{name},{number},寄料村,100")
    with pytest.raises(listing.ListKnown):
        from_file(people, f"{name},{number},寄料村,100", title="又一份")
    batch = from_file(people, f"{name},{number},寄料村,200", title="又一份")
    assert "老党员慰问" in batch.rows.get().left_out


def test_a_filter_picks_by_age_and_a_household_scheme_takes_one_a_household(people: dict[str, User]) -> None:
    (home,) = families(1, 1)
    (young,) = factories.persons(1)
    Person.objects.filter(pk=young.pk).update(birth_on=dt.date(2010, 1, 1))
    Membership.objects.create(
        household=home.household, person=young, relation="child", from_on=factories.OPENED
    )
    batch = condolence(people, wanted=Picked(("dibao_rural",), golden_family.VILLAGE, 60, 150))
    assert sorted(row.left_out for row in batch.rows.all()) == ["", "按户发放, 这一户已经列了一个人"]
    with pytest.raises(listing.NobodyListed):
        condolence(people, title="儿童", wanted=Picked(("dibao_rural",), golden_family.COUNTY, 0, 17))


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"amount_fen": 0}, listing.ListIncomplete),
        ({"document": " "}, listing.ListIncomplete),
        ({"scheme_id": "dibao_rural"}, listing.ListIncomplete),
        ({"scheme_id": "insurance_batch"}, listing.ListIncomplete),
        ({"month": 202610}, listing.WrongMonth),
        ({"month": 202701}, listing.WrongMonth),
    ],
)
def test_what_a_one_off_list_lacks_is_said(
    people: dict[str, User], change: Any, refusal: type[Exception]
) -> None:
    families(1, 0)
    with pytest.raises(refusal):
        condolence(people, **change)


def test_goods_open_no_award_and_are_signed_for_once(people: dict[str, User]) -> None:
    families(2, 0)
    batch = condolence(people, scheme_id="goods", amount_fen=0, item="棉被 1 床", title="冬令物资")
    row = batch.rows.order_by("pk").first()
    with pytest.raises(listing.ListNotThere):
        listing.sign_for(row=row, received_by="本人", by=people["shenpi"], on=today())
    done = signed(batch, people)
    assert done.state == "done"
    assert not Award.objects.filter(scheme="goods").exists()
    got = listing.sign_for(row=row, received_by="本人", by=people["shenpi"], on=today())
    assert (got.received_on, got.received_by) == (DAY, "本人")
    with pytest.raises(listing.ListNotThere):
        listing.sign_for(row=row, received_by="别人", by=people["shenpi"], on=today())
    with pytest.raises(DatabaseError, match="签收"), transaction.atomic():
        ListRow.objects.filter(pk=row.pk).update(received_by="别人")


def test_goods_are_signed_for_by_many_at_once_or_by_none(people: dict[str, User]) -> None:
    families(4, 0)
    batch = condolence(people, scheme_id="goods", amount_fen=0, item="棉被 1 床", title="冬令物资")
    first, second, third, out = batch.rows.order_by("pk")
    listing.leave_out(row=out, reason="已迁出", by=people["shenpi"])
    keys = [first.pk, second.pk]
    given = {"batch": batch, "by": people["shenpi"], "on": today()}
    with pytest.raises(listing.ListNotThere):
        listing.sign_for_all(**given, rows=keys)
    signed(batch, people)
    for wrong, refusal in (
        ([*keys, out.pk], listing.ListNotThere),
        ([*keys, 0], listing.ListIncomplete),
        ([], listing.ListIncomplete),
    ):
        with pytest.raises(refusal):
            listing.sign_for_all(**given, rows=wrong)
    assert not ListRow.objects.filter(received_on__isnull=False).exists()
    with pytest.raises(listing.NotYourList):
        listing.sign_for_all(**{**given, "by": people["caiwu"]}, rows=keys)
    listing.sign_for_all(**given, rows=keys)
    told = ListRow.objects.filter(received_on=DAY).order_by("pk").values_list("pk", "received_by")
    assert list(told) == [(one.pk, one.payee.name) for one in (first, second)]
    assert Event.objects.filter(action="list.receive").count() == 2
    with pytest.raises(listing.ListNotThere, match=first.payee.name):
        listing.sign_for_all(**given, rows=[third.pk, first.pk])
    assert [one.pk for one in list_queries.unsigned(ListBatch.objects.get(pk=batch.pk))] == [third.pk]


def insured(people: dict[str, User], count: int = 3) -> ListBatch:
    families(count, 0)
    batch = condolence(
        people, scheme_id="insurance_batch", amount_fen=3_000, item="人保财险汝州支公司", title="困难老人意外险"
    )  # fmt: skip
    return signed(batch, people)


def registered(batch: ListBatch, people: dict[str, User], level: str = "county") -> ListTransfer:
    return transferring.register_transfer(
        batch=batch, bank=factories.BANK, account="6217 0000 1234 5678", document_no="PICC-2026-001", level=level,
        by=people["caiwu"],
    )  # fmt: skip


def test_a_premium_is_one_transfer_by_three_to_the_fen(people: dict[str, User]) -> None:
    batch = insured(people)
    assert not Award.objects.filter(scheme="insurance_batch").exists()
    paper = registered(batch, people)
    assert (paper.fen, paper.payee, paper.account_last4) == (9_000, "人保财险汝州支公司", "5678")
    with pytest.raises(transferring.TransferKnown):
        registered(batch, people)
    with pytest.raises(transferring.TransferNotThere):
        transferring.approve_transfer(paper, people["pizhun"])
    transferring.review_transfer(paper, people["fuhe"])
    assert months.balance("1001") == 0
    done = transferring.approve_transfer(paper, people["pizhun"])
    assert done.state == "paid"
    assert (months.balance("5023"), months.balance("1001")) == (9_000, -9_000)
    account = register_account(holder_name="专户", bank="农商银行", number="41048200000000001", schemes=[],
                               opened_on=dt.date(2026, 1, 5), by=people["caiwu"])  # fmt: skip
    assert balance_of(check_account(account, people["fuhe"])).paid_fen == 9_000
    assert not list(audit_accounts.special_accounts())
    assert {one.level: one.used_fen for one in level_sums()}["county"] == 9_000
    with pytest.raises(transferring.TransferNotThere):
        transferring.approve_transfer(paper, people["pizhun"])
    with pytest.raises(transferring.TransferNotThere):
        transferring.decline_transfer(paper, "晚了", people["fuhe"])
    assert list(differences()) == []


def test_the_three_hands_of_a_transfer_are_three_persons(people: dict[str, User]) -> None:
    paper = registered(insured(people), people)
    with pytest.raises(DutyNotYours):
        transferring.review_transfer(paper, people["caiwu"])
    User.objects.filter(pk=people["caiwu"].pk).update(role="fuhe")
    people["caiwu"].refresh_from_db()
    with pytest.raises(transferring.SameHandsOnTransfer):
        transferring.review_transfer(paper, people["caiwu"])
    with pytest.raises(DatabaseError, match="transfer_by_three"), transaction.atomic():
        ListTransfer.objects.update(state="reviewed", reviewed_by=people["caiwu"], reviewed_on=today())
    with pytest.raises(DatabaseError, match="由发放复核复核"), transaction.atomic():
        ListTransfer.objects.update(state="reviewed", reviewed_by=people["pizhun"], reviewed_on=today())
    with pytest.raises(DatabaseError, match="不能这样走"), transaction.atomic():
        ListTransfer.objects.update(
            state="paid", reviewed_by=people["fuhe"], reviewed_on=today(), approved_by=people["pizhun"],
            approved_on=today(),
        )  # fmt: skip


def test_a_declined_transfer_is_registered_anew_and_a_level_without_money_pays_nothing(
    people: dict[str, User],
) -> None:
    batch = insured(people)
    first = registered(batch, people, level="province")
    transferring.review_transfer(first, people["fuhe"])
    with pytest.raises(FundsShort):
        transferring.approve_transfer(first, people["pizhun"])
    with pytest.raises(transferring.TransferIncomplete):
        transferring.decline_transfer(first, " ", people["pizhun"])
    transferring.decline_transfer(first, "省级没有钱", people["pizhun"])
    assert registered(batch, people).pk != first.pk


def test_only_a_signed_insurance_list_is_transferred_for(people: dict[str, User]) -> None:
    families(1, 0)
    with pytest.raises(transferring.TransferNotThere):
        registered(signed(condolence(people), people), people)
    batch = condolence(people, scheme_id="insurance_batch", item="人保财险", title="意外险")
    with pytest.raises(transferring.TransferNotThere):
        registered(batch, people)
    with pytest.raises(DatabaseError, match="照签发了的保险名单"), transaction.atomic():
        ListTransfer.objects.create(
            batch=batch, payee="x", bank="x", account="1", account_last4="1", fen=1, level="county", document_no="x",
            registered_by=people["caiwu"], registered_on=today(),
        )  # fmt: skip


def test_the_auditor_finds_a_premium_that_is_not_its_lists(people: dict[str, User]) -> None:
    paper = registered(insured(people), people)
    transferring.review_transfer(paper, people["fuhe"])
    transferring.approve_transfer(paper, people["pizhun"])
    triggers.remove()
    ListTransfer.objects.update(fen=9_100)
    assert any("PICC-2026-001" in one.place for one in differences())
