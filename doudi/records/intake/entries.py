"""What is declared, after it was first taken down: correct it, or file a new application of a family already known."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from doudi.law.identity import normalise
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.intake.services import ApplicationDraft, file_application
from doudi.records.people import family
from doudi.records.people import services as people
from doudi.records.people.models import Fact, Household
from doudi.records.people.queries import members_on
from doudi.records.staff.models import User

PlacedFacts = Sequence[tuple[int | None, people.FactDraft]]


@transaction.atomic
def correct(*, case: Case, by: User, expected: int, facts: PlacedFacts, on: dt.date, note: str = "") -> Case:
    """更正申报: 旧的申报作废留存, 换成这一批。`expected` 是打开时的案件版本。

    Raises StaleVersion where somebody saved in between, and what doing a duty raises. 依据: 民发〔2021〕57号 第十条
    """
    held = cases.locked(case, expected)
    cases.require_station(held, "accept", "survey", "review")
    duty = "accept" if held.station == "accept" else "survey"
    cases.do(case=held, by=by, duty=duty, title="更正家庭情况", on=on, note=note)
    people.record_facts(
        by=by, household=held.household, facts=_named(facts, held.household, on), source=Fact.Source.DECLARED, on=on,
        from_on=on,
    )  # fmt: skip
    return held


@transaction.atomic
def submit_again(
    *, by: User, household: Household, draft: ApplicationDraft, channel: str, on: dt.date
) -> Case:
    """已登记的一户再申请: 申报、住址、电话换新, 在用的账户不动, 另立一案。Raises what opening and acting raise."""
    _update_address(by, household, draft)
    people.record_facts(
        by=by, household=household, facts=_named(draft.facts, household, on), source=Fact.Source.DECLARED, on=on,
        from_on=on,
    )  # fmt: skip
    people.set_first_account(
        by=by, person=household.head, bank=draft.bank, number=draft.account, on=on, shared=draft.shared
    )
    return file_application(by=by, household=household, draft=draft, channel=channel, on=on)


def _update_address(by: User, household: Household, draft: ApplicationDraft) -> None:
    phone = normalise(draft.phone)
    if draft.address and (draft.address, phone or household.phone) != (household.address, household.phone):
        family.set_address(by=by, household=household, address=draft.address, phone=phone)


def _named(facts: PlacedFacts, household: Household, on: dt.date) -> list[people.FactDraft]:
    """A fact names its member by the place in the grid, which lists members as members_on does."""
    persons = [membership.person_id for membership in members_on(household, on)]
    return [draft if place is None else replace(draft, person_id=persons[place]) for place, draft in facts]
