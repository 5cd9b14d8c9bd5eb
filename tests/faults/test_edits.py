"""P20: two hundred edits of one case, ten at a time: one wins each round, the others are shown what won."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from doudi.records.cases.models import Case
from doudi.records.intake import services as intake
from doudi.records.intake.entries import correct
from doudi.records.people.models import Fact
from doudi.records.people.services import FactDraft
from doudi.records.staff.models import User
from doudi.store.models import StaleVersion
from tests.services import golden_family as golden
from tests.services.test_road import day

ROUNDS, HANDS = 20, 10

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_two_hundred_simultaneous_edits_lose_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    staff = golden.county()
    case = intake.submit(by=staff["cun"], draft=golden.draft(), channel="village", on=day("09-14"))
    won, shown = 0, 0
    for turn in range(ROUNDS):
        version = Case.objects.get(pk=case.pk).version
        answers = _together(case.pk, version, turn)
        won += answers.count("won")
        shown += answers.count("shown")
        assert answers.count("won") == 1
        assert Case.objects.get(pk=case.pk).version == version + 1
    with capsys.disabled():
        print(f"\nP20: {ROUNDS * HANDS} 次同时保存, 成功 {won}, 看到别人版本 {shown}, 丢失 0")
    assert (won, shown) == (ROUNDS, ROUNDS * (HANDS - 1))
    assert Fact.objects.filter(replaced_by=None, void=False, kind="asset").count() == 1


def _together(pk: int, version: int, turn: int) -> list[str]:
    gate = Barrier(HANDS)

    def save(hand: int) -> str:
        gate.wait(30)
        try:
            facts = [(None, FactDraft(kind="asset", code="deposit", amount_fen=turn * 100 + hand))]
            correct(
                case=Case.objects.get(pk=pk), by=User.objects.get(username="jingban"), expected=version, facts=facts,
                on=day("09-14"),
            )  # fmt: skip
        except StaleVersion as stale:
            seen: int = stale.current.version  # type: ignore[attr-defined]
            return "shown" if seen == version + 1 else "shown the wrong version"
        finally:
            connections.close_all()
        return "won"

    with ThreadPoolExecutor(HANDS) as pool:
        return list(pool.map(save, range(HANDS)))
