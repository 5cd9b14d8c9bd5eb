"""The golden family's office, signed in. Models are imported inside: pytest reads this file before Django is ready."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from doudi.records.cases.models import Case
    from doudi.records.staff.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SignIn = Callable[[str], "Client"]


@pytest.fixture
def on(settings: Any, tmp_path: Path) -> dt.date:
    """The office's day: Monday 2026-09-14, when the golden family applies."""
    from doudi.store.today import move_to

    settings.DEMO = True
    settings.VAR = tmp_path  # not among the anchors of another test's database
    day = dt.date(2026, 9, 14)
    move_to(day)
    return day


@pytest.fixture
def staff(on: dt.date) -> dict[str, User]:
    """One of every role, by login."""
    from doudi.records.staff.models import Role, User
    from tests.services import golden_family as golden

    made = golden.county()
    areas = {Role.VILLAGE: golden.VILLAGE, Role.SOCIAL_WORKER: golden.TOWNSHIP}
    for role in Role:
        if role not in made:
            area = areas.get(role, golden.COUNTY)
            made[role] = User.objects.create(username=role, name=f"测试{role}", role=role, area_id=area)
    return made


@pytest.fixture
def sign_in(staff: dict[str, User]) -> SignIn:
    """A browser of somebody, by login."""

    from django.test import Client

    def signed_in(login: str) -> Client:
        browser = Client()
        browser.force_login(staff[login], backend=BACKEND)
        return browser

    return signed_in


@pytest.fixture
def filed(staff: dict[str, User], on: dt.date) -> Case:
    """The golden family's application, filed by the village."""
    from doudi.records.intake import services as intake
    from tests.services import golden_family as golden

    return intake.submit(by=staff["cun"], draft=golden.draft(), channel="village", on=on)


@pytest.fixture
def accepted(filed: Case, staff: dict[str, User], on: dt.date) -> Case:
    """Its papers complete, accepted by the township."""
    from doudi.records.intake import services as intake
    from doudi.records.intake.models import Paper

    asked = Paper.objects.filter(case=filed).exclude(status="fetched").values_list("kind", flat=True)
    intake.note_papers(case=filed, by=staff["jingban"], have=list(asked), on=on)
    return intake.accept(case=filed, by=staff["jingban"], on=on)


@pytest.fixture
def visited(accepted: Case, staff: dict[str, User]) -> Case:
    """Visited by two on 2026-09-16."""
    from doudi.records.checks import services as checks
    from doudi.store.today import move_to
    from tests.services import golden_family as golden

    day = dt.date(2026, 9, 16)
    move_to(day)
    checks.visit(case=accepted, by=staff["jingban"], others=[staff["jingban2"]], on=day, draft=golden.seen())
    return accepted


@pytest.fixture
def assessed(visited: Case, staff: dict[str, User]) -> Case:
    """Assessed on 2026-09-17: 819.00 a month."""
    from doudi.records.cases.models import Case
    from doudi.records.checks import services as checks
    from doudi.store.today import move_to

    day = dt.date(2026, 9, 17)
    move_to(day)
    checks.assess(case=visited, by=staff["jingban"], on=day)
    return Case.objects.get(pk=visited.pk)
