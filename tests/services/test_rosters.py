"""A roster comes in whole or not at all, once, with the amounts it states."""

import io
import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from doudi.records.areas.models import Area
from doudi.records.areas.services import load_county
from doudi.records.audit.models import Event
from doudi.records.awards.models import Award, Holding
from doudi.records.decisions import rosters
from doudi.records.decisions.models import Decision, RosterImport
from doudi.records.decisions.roster_places import Places
from doudi.records.jobs import services as jobs
from doudi.records.payments.settling.dues import due_in
from doudi.records.people.models import Account, Household, Membership, Person
from doudi.records.postings.models import Posting
from doudi.records.staff.models import Role, User
from doudi.store.today import move_to
from tests.exchange.rosters import Shape, identity_number, roster_bytes, sheet_bytes, some_households

ON = date(2026, 11, 5)
SCHEME = "dibao_rural"
HEADER = ["乡镇", "村", "户主姓名", "身份证号码", "保障人口", "月保障金额", "家庭年收入", "账号", "起始时间"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def county() -> Area:
    area = load_county("410482")
    move_to(ON)
    return area


@pytest.fixture
def approver(county: Area) -> User:
    return User.objects.create_user("shenpi", name="审批甲", role=Role.APPROVER, area=county)


@pytest.fixture
def township(county: Area) -> Area:
    return Area.objects.filter(level="township", parent=county).order_by("code").first()  # type: ignore[return-value]


@pytest.fixture
def villages(township: Area) -> list[str]:
    return list(Area.objects.filter(parent=township).order_by("code").values_list("name", flat=True)[:3])


@pytest.fixture
def clerk(township: Area) -> User:
    return User.objects.create_user("jingban", name="经办甲", role=Role.CLERK, area=township)


def row_of(place: int, township: Area, village: str, **changes: object) -> list[object]:
    cells = {
        "township": township.name, "village": village, "name": "张建国", "identity": identity_number(place),
        "size": "1", "amount": "218.50", "income": "2400.00", "account": "", "start": "2023-05",
    } | changes  # fmt: skip
    return list(cells.values())


def receive(data: bytes, area: Area, by: User, name: str = "名册.xlsx", scheme: str = SCHEME) -> RosterImport:
    return rosters.receive(data=data, filename=name, scheme_id=scheme, area=area, by=by, on=ON)


def rules(row: RosterImport) -> list[str]:
    return [error["rule"] for error in row.findings["errors"]]


SHAPES = [
    Shape(by_person=True, order=tuple(range(8)), title=True, two_levels=True, subtotals=True, signature=True),
    Shape(by_person=True, order=(3, 2, 4, 1, 0, 6, 5, 7), words=1, repeat=True),
    Shape(by_person=False, order=tuple(range(8)), words=2, title=True, subtotals=True, as_csv=True),
]


@pytest.mark.parametrize(
    "shape", SHAPES, ids=["two-level header, blanks, subtotals", "columns moved", "csv a row a household"]
)
def test_three_shapes_of_the_same_roll_become_the_same_awards(
    shape: Shape, township: Area, county: Area, approver: User, villages: list[str]
) -> None:
    families = some_households(30, seed=7)
    renamed = {f"{mark}庄村": name for mark, name in zip("李张王", villages, strict=True)}
    families = [
        type(one)(renamed[one.village], one.amount_fen, one.account, one.members, one.size)
        for one in families
    ]
    data, name = roster_bytes(families, shape)
    row = receive(data, township, approver, name)
    assert (row.state, rules(row)) == ("ready", [])
    rosters.commit(row=row, by=approver, on=ON)

    stated = sum(one.amount_fen for one in families)
    awards = Award.objects.filter(scheme=SCHEME)
    assert sorted(awards.values_list("amount_fen", flat=True)) == sorted(one.amount_fen for one in families)
    assert sum(award.persons for award in awards) == sum(one.size for one in families)
    assert sum(due.amount_fen for due in due_in(SCHEME, 202611).values()) == stated
    assert due_in(SCHEME, 202610) == {}, "以前的月份由原来的办法发过"
    decisions = Decision.objects.filter(kind="carried_over")
    assert {one.basis for one in decisions} == {f"名册 sha256:{row.sha256}"}
    assert {one.next_review_on for one in decisions} == {date(2027, 11, 5)}
    assert Posting.objects.count() == 0
    assert Account.objects.count() == len(families)
    heads = {one.members[0].identity for one in families}
    assert {household.head.id_number for household in Household.objects.select_related("head")} == heads
    if shape.by_person:
        assert (
            Membership.objects.count() == Person.objects.count() == sum(len(one.members) for one in families)
        )


def test_stated_amount_is_kept_and_the_recomputed_one_stands_beside_it(
    township: Area, approver: User, villages: list[str]
) -> None:
    # 5,880 − 2,400 = 3,480 a year = 290.00 a month; the roll says 218.50
    data = sheet_bytes([HEADER, row_of(1, township, villages[0])])
    row = receive(data, township, approver)
    again = row.findings["again"]
    assert (again["counted"], again["differing"]) == (1, 1)
    assert again["rows"] == [{"row": 2, "sheet": "名册", "stated": 21850, "again": 29000}]
    rosters.commit(row=row, by=approver, on=ON)
    assert Award.objects.get().amount_fen == 21850


def test_the_same_file_again_changes_nothing_and_names_the_first_import(
    township: Area, approver: User, villages: list[str]
) -> None:
    data = sheet_bytes([HEADER, row_of(1, township, villages[0])])
    first = rosters.commit(row=receive(data, township, approver), by=approver, on=ON)
    events = Event.objects.count()
    again = receive(data, township, approver, name="换了名字.xlsx")
    assert (again.pk, again.imported_by, again.imported_on) == (first.pk, "shenpi", ON)
    rosters.commit(row=again, by=approver, on=ON)
    assert (Award.objects.count(), Event.objects.count()) == (1, events)


def test_one_bad_row_keeps_every_household_out(township: Area, approver: User, villages: list[str]) -> None:
    rows = [row_of(place, township, villages[0]) for place in range(5)]
    rows[3][1] = "没有这个村"
    row = receive(sheet_bytes([HEADER, *rows]), township, approver)
    error = row.findings["errors"][0]
    assert row.state == "faulty"
    assert (error["row"], error["column"], error["rule"]) == (5, "B", "village.unknown")
    with pytest.raises(rosters.RosterFaulty):
        rosters.commit(row=row, by=approver, on=ON)
    assert Household.objects.count() == Person.objects.count() == Award.objects.count() == 0


def test_a_person_elsewhere_is_named_by_a_masked_pointer(
    township: Area, approver: User, villages: list[str]
) -> None:
    data = sheet_bytes([HEADER, row_of(1, township, villages[0])])
    rosters.commit(row=receive(data, township, approver), by=approver, on=ON)
    other = sheet_bytes([HEADER, row_of(1, township, villages[1], amount="300")])
    row = receive(other, township, approver)
    assert rules(row) == ["award.exclusive"]
    assert identity_number(1) not in json.dumps(row.findings, ensure_ascii=False)
    tekun = receive(data, township, approver, scheme="tekun_rural")
    assert rules(tekun) == ["award.exclusive"]
    assert "农村最低生活保障" in tekun.findings["errors"][0]["text"]


def test_a_member_of_another_household_must_move_out_first(
    township: Area, approver: User, villages: list[str]
) -> None:
    families = [one for one in some_households(20, seed=3, most=3) if len(one.members) > 1][:2]
    shape = Shape(by_person=True, order=tuple(range(8)))
    one, two = (type(f)(villages[0], f.amount_fen, f.account, f.members, f.size) for f in families)
    rosters.commit(row=receive(roster_bytes([one], shape)[0], township, approver), by=approver, on=ON)
    Holding.objects.update(released_on=ON)
    mixed = type(two)(villages[0], 100, two.account, (*two.members, one.members[-1]), len(two.members) + 1)
    row = receive(roster_bytes([mixed], shape)[0], township, approver)
    assert rules(row) == ["household.other"]
    assert Household.objects.get().no in row.findings["errors"][0]["text"]


def test_stated_totals_that_disagree_need_a_written_note(
    township: Area, approver: User, villages: list[str]
) -> None:
    title = ["2026年10月花名册（共2户2人，金额437.00元）"]
    data = sheet_bytes([title, HEADER, row_of(1, township, villages[0])])
    row = receive(data, township, approver)
    assert {one["kind"] for one in row.findings["contradictions"]} == {"households", "persons", "amount"}
    with pytest.raises(rosters.ContradictionsOpen):
        rosters.commit(row=row, by=approver, on=ON)
    assert Award.objects.count() == 0
    done = rosters.commit(row=row, by=approver, on=ON, note="标题是上月的, 已与经办核实")
    assert (done.state, done.note) == ("done", "标题是上月的, 已与经办核实")


def test_an_amount_above_a_years_standard_is_an_error(
    township: Area, approver: User, villages: list[str]
) -> None:
    row = receive(sheet_bytes([HEADER, row_of(1, township, villages[0], amount="21850")]), township, approver)
    assert rules(row) == ["amount.cap"]


def test_the_original_is_kept_sealed(township: Area, approver: User, villages: list[str]) -> None:
    from django.core.files.storage import default_storage

    data = sheet_bytes([HEADER, row_of(1, township, villages[0])])
    row = receive(data, township, approver, name="../../etc/名册\x00.xlsx")
    with default_storage.open(row.stored_as) as stored:
        assert b"PK" not in stored.read()[:4]
    assert row.stored_as.startswith("rosters/")
    assert (row.filename, ".." in row.stored_as) == ("名册.xlsx", False)


def test_a_hostile_file_is_refused_whole(township: Area, approver: User) -> None:
    with pytest.raises(rosters.RosterUnreadable) as refused:
        receive(b"MZ not a sheet", township, approver)
    assert refused.value.code == "magic"
    assert RosterImport.objects.count() == 0


def test_clerks_check_and_county_commits(
    township: Area, county: Area, clerk: User, approver: User, villages: list[str]
) -> None:
    row = receive(sheet_bytes([HEADER, row_of(1, township, villages[0])]), township, clerk)
    with pytest.raises(rosters.NotYourRoster):
        rosters.commit(row=row, by=clerk, on=ON)
    with pytest.raises(rosters.NotYourRoster):
        receive(b"", county, clerk)
    assert rosters.commit(row=row, by=approver, on=ON).state == "done"


def test_a_large_roster_is_taken_in_by_a_job(
    township: Area, approver: User, villages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rosters, "LARGE", 3)
    rows = [row_of(place, township, villages[place % 3]) for place in range(10)]
    row = receive(sheet_bytes([HEADER, *rows]), township, approver)
    job = rosters.begin_commit(row=row, by=approver, on=ON)
    assert job is not None
    assert Award.objects.count() == 0
    assert jobs.run(job.pk).state == "done"
    assert Award.objects.count() == 10


def test_the_command_previews_then_commits(
    tmp_path: Path, township: Area, approver: User, villages: list[str]
) -> None:
    file = tmp_path / "名册.xlsx"
    file.write_bytes(
        sheet_bytes([HEADER, row_of(1, township, villages[0]), row_of(2, township, villages[1])])
    )
    given = [str(file), "--scheme", SCHEME, "--area", township.code[:9], "--json"]
    told = run(given)
    assert (told["households"], told["persons"], told["amount_fen"], told["committed"]) == (
        2,
        2,
        43700,
        False,
    )
    assert RosterImport.objects.count() == 0
    told = run([*given, "--commit", "--by", "shenpi"])
    assert (told["committed"], told["already"]) == (True, False)
    assert run([*given, "--commit", "--by", "shenpi"])["already"] is True
    assert Award.objects.count() == 2


def test_the_command_names_the_bad_rows_and_exits_with_one(
    tmp_path: Path, township: Area, approver: User, villages: list[str]
) -> None:
    file = tmp_path / "名册.xlsx"
    file.write_bytes(sheet_bytes([HEADER, row_of(1, township, villages[0], amount="-5")]))
    with pytest.raises(CommandError, match=r"第 2 行 F 列 \[amount\.negative\]") as refused:
        run([str(file), "--scheme", SCHEME, "--area", township.code, "--commit", "--by", "shenpi"])
    assert refused.value.returncode == 1


def test_village_names_are_found_however_the_ending_is_written(county: Area, township: Area) -> None:
    places = Places.within(county)
    village = Area.objects.filter(parent=township).order_by("code").first()
    assert village is not None
    stem = (
        village.name.removesuffix("村民委员会")
        .removesuffix("居民委员会")
        .removesuffix("社区")
        .removesuffix("村")
    )
    for ending in ("村", "村委会", "行政村", "村民委员会"):
        assert places.village(township.name, stem + ending) == (village.code, "")
    assert places.village("", "")[1]
    assert places.village("别处镇", stem)[1]


def run(arguments: list[str]) -> dict[str, object]:
    out = io.StringIO()
    call_command("import_roster", *arguments, stdout=out)
    return json.loads(out.getvalue()) if "--json" in arguments else {}
