"""A new value of policy: proposed by one, signed by another, refused where it must be, and then it stands."""

import datetime as dt

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from doudi.law.language import Band, Tier
from doudi.law.pack_files import PackError
from doudi.law.pack_text import typed
from doudi.law.units import BANDS, BY_NAME, CODES, TIERS
from doudi.records.audit.models import Event
from doudi.records.payments import services as payments
from doudi.records.policies import services
from doudi.records.policies.models import PolicyProposal, PolicyValue, ProposedValue
from doudi.records.policies.queries import packs, parameters, shipped
from doudi.records.policies.services.proposals import (
    AlreadyDecided,
    AlreadyProposed,
    BadValue,
    MayNotPropose,
    MayNotSign,
    MonthClosed,
    NewValue,
    NoAnswer,
    NothingProposed,
    SamePerson,
)
from doudi.records.policies.written import read, write
from doudi.records.staff.models import User
from doudi.store.today import move_to, today
from tests.services import factories

RURAL = "dibao.standard.rural"
NEW_YEAR = dt.date(2027, 1, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, User]:
    factories.office()
    factories.receiving(1)
    return {login: factories.staff(login) for login in ("shenpi", "juzhang", "caiwu")}


def proposed(people: dict[str, User], *values: NewValue, **changes: object) -> PolicyProposal:
    given = {
        "by": people["shenpi"], "area_code": settings.COUNTY, "values": values or (NewValue(RURAL, "6174", "第一条"),),
        "since": NEW_YEAR, "document": "汝民〔2026〕99号", "reason": "年度提标", "on": today(),
    }  # fmt: skip
    return services.propose(**(given | changes))  # type: ignore[arg-type]


def stands(path: str, on: dt.date) -> object:
    return parameters(settings.COUNTY, on).value(path)


def test_a_signed_proposal_stands_from_its_date_and_not_before(people: dict[str, User]) -> None:
    proposal = proposed(people)
    assert stands(RURAL, NEW_YEAR) == 588_000, "提出还不算数"
    services.sign(proposal=proposal, by=people["juzhang"], on=today())
    assert stands(RURAL, dt.date(2026, 12, 31)) == 588_000
    assert stands(RURAL, NEW_YEAR) == 617_400
    leaf = parameters(settings.COUNTY, NEW_YEAR).leaf(RURAL)
    assert (leaf.document, leaf.article, leaf.status) == ("汝民〔2026〕99号", "第一条", "office")
    value = PolicyValue.objects.get()
    assert (value.set_by, value.signed_by) == ("shenpi", "juzhang")
    proposal.refresh_from_db()
    assert proposal.get_state_display() == "已签发"
    acts = Event.objects.filter(action__startswith="policy.").order_by("seq").values_list("actor", "action")
    assert list(acts) == [("shenpi", "policy.propose"), ("juzhang", "policy.sign")]


def test_several_values_are_signed_together_or_not_at_all(people: dict[str, User]) -> None:
    both = (NewValue(RURAL, "6174"), NewValue("dibao.standard.urban", "8568"))
    services.sign(proposal=proposed(people, *both), by=people["juzhang"], on=today())
    assert (stands(RURAL, NEW_YEAR), stands("dibao.standard.urban", NEW_YEAR)) == (617_400, 856_800)
    with pytest.raises(BadValue):
        proposed(
            people,
            NewValue(RURAL, "6300"),
            NewValue("dibao.standard.urban", "八千"),
            since=dt.date(2028, 1, 1),
        )
    assert PolicyProposal.objects.count() == 1


def test_lists_are_writable_in_the_form_of_the_packs(people: dict[str, User]) -> None:
    path = "dibao.income.excluded"
    proposal = proposed(people, NewValue(path, "[scholarship, bravery_award]"))
    services.sign(proposal=proposal, by=people["juzhang"], on=today())
    assert stands(path, NEW_YEAR) == ("scholarship", "bravery_award")
    assert ProposedValue.objects.get().before.startswith("[preferential_pension, ")


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        ("5880.123", RURAL, "农村低保年标准"),
        ("", RURAL, "农村低保年标准"),
        ("half", "dibao.amount.rounding", "补差取整方式"),
        ("wage", "dibao.income.excluded", "列表"),
        ("[wage", "dibao.income.excluded", "YAML"),
        ("20", "dibao.no.such", "没有“dibao.no.such”"),
    ],
)  # fmt: skip
def test_a_value_the_packs_would_refuse_is_refused(
    text: str, path: str, said: str, people: dict[str, User]
) -> None:
    with pytest.raises(BadValue, match=said):
        proposed(people, NewValue(path, text))
    assert not PolicyProposal.objects.exists()


def test_a_date_with_a_value_a_closed_month_and_a_second_proposal_are_refused(
    people: dict[str, User],
) -> None:
    with pytest.raises(BadValue, match="2026-01-01 已有一个值"):
        proposed(people, since=dt.date(2026, 1, 1))
    locked(people["caiwu"], 202610)
    with pytest.raises(MonthClosed, match="2026-11-01"):
        proposed(people, since=dt.date(2026, 10, 31))
    proposed(people, since=dt.date(2026, 11, 1))
    with pytest.raises(AlreadyProposed, match="待签发"):
        proposed(people, since=dt.date(2026, 11, 1))
    with pytest.raises(NothingProposed, match="相同"):
        proposed(people, NewValue(RURAL, "5880.00"))
    with pytest.raises(NothingProposed, match="还没有选"):
        services.propose(
            by=people["shenpi"], area_code=settings.COUNTY, values=(), since=NEW_YEAR, document="x", reason="y",
            on=today(),
        )  # fmt: skip
    for missing in ("document", "reason"):
        with pytest.raises(BadValue, match="请写明"):
            proposed(people, **{missing: " "})


def locked(by: User, month: int) -> None:
    payments.lock(payments.build(scheme="dibao_rural", month=month, by=by), by)


def test_a_month_locked_meanwhile_is_refused_at_signing(people: dict[str, User]) -> None:
    proposal = proposed(people, since=dt.date(2026, 11, 1))
    locked(people["caiwu"], 202611)
    with pytest.raises(MonthClosed, match="2026-12-01"):
        services.sign(proposal=proposal, by=people["juzhang"], on=today())
    assert not PolicyValue.objects.exists()


def test_december_closes_into_the_next_year(people: dict[str, User]) -> None:
    move_to(dt.date(2026, 12, 5))
    locked(people["caiwu"], 202612)
    with pytest.raises(MonthClosed, match="2027-01-01"):
        proposed(people, since=dt.date(2026, 12, 31))
    proposed(people)


def test_the_same_person_never_signs_whatever_the_role(people: dict[str, User]) -> None:
    proposal = proposed(people)
    changed = people["shenpi"]
    changed.role = "juzhang"
    changed.save()
    with pytest.raises(SamePerson, match="另一个人"):
        services.sign(proposal=proposal, by=changed, on=today())
    with pytest.raises(SamePerson):
        services.send_back(proposal=proposal, by=changed, answer="不行", on=today())
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyProposal.objects.filter(pk=proposal.pk).update(
            state="signed", decided_by="shenpi", decided_on=today()
        )


def test_only_the_approver_proposes_and_only_the_director_signs(people: dict[str, User]) -> None:
    for login in ("juzhang", "caiwu"):
        with pytest.raises(MayNotPropose):
            proposed(people, by=people[login])
    proposal = proposed(people)
    with pytest.raises(MayNotSign):
        services.sign(proposal=proposal, by=people["caiwu"], on=today())
    with pytest.raises(MayNotPropose, match="提出人自己"):
        services.withdraw(proposal=proposal, by=people["juzhang"], on=today())


def test_sent_back_with_a_reason_and_then_shut(people: dict[str, User]) -> None:
    proposal = proposed(people)
    with pytest.raises(NoAnswer):
        services.send_back(proposal=proposal, by=people["juzhang"], answer=" ", on=today())
    services.send_back(proposal=proposal, by=people["juzhang"], answer="文号不对", on=today())
    for act in (
        lambda: services.sign(proposal=proposal, by=people["juzhang"], on=today()),
        lambda: services.withdraw(proposal=proposal, by=people["shenpi"], on=today()),
    ):
        with pytest.raises(AlreadyDecided, match="已退回"):
            act()
    assert not PolicyValue.objects.exists()
    again = proposed(people)
    services.withdraw(proposal=again, by=people["shenpi"], on=today())
    again.refresh_from_db()
    assert again.get_state_display() == "已撤回"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE policies_policyproposal SET document = 'x'",
        "UPDATE policies_proposedvalue SET value = '9'",
        "DELETE FROM policies_proposedvalue",
        "DELETE FROM policies_policyproposal",
    ],
)
def test_the_database_keeps_what_was_proposed(statement: str, people: dict[str, User]) -> None:
    proposed(people)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_adds_nothing_to_a_decided_proposal(people: dict[str, User]) -> None:
    proposal = proposed(people)
    services.sign(proposal=proposal, by=people["juzhang"], on=today())
    with pytest.raises(DatabaseError, match="不能再加"), transaction.atomic():
        ProposedValue.objects.create(
            proposal=proposal, path="dibao.work.rate", label="就业成本", unit="%", value="90"
        )


def test_every_shipped_value_is_written_as_it_can_be_read() -> None:
    known = shipped()
    leaves = [leaf for path in known.declared for leaf in known.timeline(settings.COUNTY, path)]
    assert len(leaves) > 40
    for leaf in leaves:
        assert typed(read(write(leaf.value, leaf.unit), leaf.unit), leaf.unit) == leaf.value, leaf.path
    assert packs() is known


def test_tables_are_written_as_they_can_be_read() -> None:
    tables = [
        (TIERS, (Tier(100_000, 2_000), Tier(None, 1_250))),
        (TIERS, (Tier(5_050, 6_000), Tier(None, 0))),
        (BANDS, (Band(1_000, 2_550), Band(None, 0))),
        (BY_NAME["年龄档位表"], (Band(79, 5_000), Band(None, 10_050))),
        (BY_NAME["比例档位表"], (Band(15_000, 3_000), Band(None, 625))),
        (CODES, ("a", "b_2")),
    ]
    for unit, value in tables:
        assert typed(read(write(value, unit), unit), unit) == value
    with pytest.raises(PackError):
        read("- {至: 1, 至: 2}", TIERS)
