"""Drafts on the server: one's own only, sealed, never a password, not too long, not for ever."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from doudi.records.staff.models import User
from doudi.store.drafts import KEPT_AT_MOST, LONGEST, save_draft, sweep_drafts
from doudi.store.models import Draft
from tests.screens.conftest import SignIn

pytestmark = pytest.mark.django_db
PLACE = "/anjian/1/jiating/"


def keep(browser: Client, content: object, place: str = PLACE) -> int:
    text = content if isinstance(content, str) else json.dumps(content)
    return int(browser.post(reverse("draft"), {"place": place, "content": text}).status_code)


def back(browser: Client) -> object:
    answer = browser.get(reverse("draft"), {"place": PLACE})
    assert answer.status_code in (200, 204)
    return answer.json()["content"] if answer.status_code == 200 else None


def test_a_draft_is_its_writers_alone(sign_in: SignIn) -> None:
    one, other = sign_in("jingban"), sign_in("jingban2")
    assert keep(one, {"note": ["补交了合同"]}) == 200
    assert back(other) is None
    keep(other, {"note": ["别的"]})
    assert back(one) == {"note": ["补交了合同"]}
    other.post(reverse("draft_drop"), {"place": PLACE})
    assert (back(one), back(other)) == ({"note": ["补交了合同"]}, None)


def test_a_draft_is_sealed_and_must_not_be_stored_by_the_browser(sign_in: SignIn) -> None:
    browser = sign_in("jingban")
    keep(browser, {"note": ["赵甲的收入"]})
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM store_draft")
        assert "赵甲".encode() not in bytes(cursor.fetchone()[0])
    assert browser.get(reverse("draft"), {"place": PLACE})["Cache-Control"] == "no-store"


def test_passwords_and_keys_are_never_kept(sign_in: SignIn) -> None:
    browser = sign_in("jingban")
    keep(browser, {"password": ["x"], "key": ["y"], "csrfmiddlewaretoken": ["z"], "note": ["留"]})
    assert back(browser) == {"note": ["留"]}


@pytest.mark.parametrize(
    ("content", "place", "status"),
    [
        ("not json", PLACE, 400),
        ([1], PLACE, 400),
        ({"a": "b"}, PLACE, 400),
        ({"a": ["b"]}, "https://example.org/", 400),
        ({"a": ["x" * (LONGEST + 1)]}, PLACE, 413),
    ],
    ids=["no json", "a list", "no lists", "another site", "too long"],
)
def test_what_is_no_draft_is_refused(sign_in: SignIn, content: object, place: str, status: int) -> None:
    assert keep(sign_in("jingban"), content, place) == status
    assert not Draft.objects.exists()


def test_the_oldest_makes_room(staff: dict[str, User]) -> None:
    for place in range(KEPT_AT_MOST + 2):
        save_draft(user_id=1, place=f"/{place}/", content="{}")
    assert Draft.objects.count() == KEPT_AT_MOST
    assert not Draft.objects.filter(place="/0/").exists()


def test_a_month_old_draft_is_swept(staff: dict[str, User]) -> None:
    old = save_draft(user_id=1, place="/old/", content="{}")
    Draft.objects.filter(pk=old.pk).update(saved_at=dt.datetime(2026, 7, 1, tzinfo=dt.UTC))
    save_draft(user_id=1, place="/new/", content="{}")
    assert sweep_drafts() == 1
    assert Draft.objects.get().place == "/new/"
