"""P11: colluding users change posts, file relatives, act in any order and by raw SQL; what stands is judged apart.

Each sequence is its own county history, rolled back afterwards. The judge reads the rows alone and knows none of the
rules' code: for one household, every person stands on one side at most, and no act is a relative's.
"""

import datetime as dt
import os
import random
from collections import Counter, defaultdict
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from doudi.law.duties import ROLES
from doudi.records.cases import services as cases
from doudi.records.cases.models import Act, Case, Hand
from doudi.records.payments import services as payments
from doudi.records.payments.models import Approval, PayrollRun
from doudi.records.people.models import Household, Relative
from doudi.records.people.services import file_relative
from doudi.records.staff.models import Role, User
from doudi.store.refusal import Refusal
from tests.services import factories
from tests.services import golden_family as golden

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SEED = int(os.environ.get("DOUDI_SEED", "20261122"))
SEQUENCES = int(os.environ.get("DOUDI_SEQUENCES", "60"))  # `make soak` runs 2,000
STEPS = 24
LIKELY = 0.7  # how often a try is made by somebody whose post it is; the rest are anybody's
TODAY = dt.date(2026, 11, 5)
SIDES = {
    "accept": "经办", "survey": "经办", "assess": "经办", "review": "经办", "post": "经办", "sign": "签批",
    "confirm": "确认", "sample": "确认",
}  # fmt: skip
POSTS = (Role.CLERK, Role.LEADER, Role.APPROVER, Role.PAYER, Role.PAY_REVIEWER, Role.PAY_APPROVER)
TOWNSHIP = (Role.CLERK, Role.LEADER)
PAYS = {"draft": Role.PAYER, "locked": Role.PAY_REVIEWER}


class Gang:
    """Six people who know each other, one household in receipt, a case of it, and the month's payroll."""

    def __init__(self, dice: random.Random, users: list[User], home: Household, case: Case) -> None:
        self.dice, self.users, self.home, self.case = dice, users, home, case
        self.filed_after: dict[int, int] = {}  # user → the number of acts there were when he filed
        self.sent: set[int] = set()
        self.tried: Counter[str] = Counter()

    def somebody(self) -> User:
        return User.objects.get(pk=self.dice.choice(self.users).pk)

    def fitting(self, *roles: Role) -> User:
        """Mostly somebody in one of these posts."""
        posted = list(User.objects.filter(pk__in=[user.pk for user in self.users], role__in=roles))
        return self.dice.choice(posted) if posted and self.dice.random() < LIKELY else self.somebody()

    def attempt(self) -> None:
        """One try of somebody; the law's refusal is an answer, anything else fails the test."""
        act: Callable[[], object] = self.dice.choice(
            [self.change_post, self.file, *[self.casework] * 6, *[self.raw_act] * 2, *[self.money] * 6]
        )
        name = act.__name__
        try:
            with transaction.atomic():
                act()
            self.tried[f"{name} 成"] += 1
        except (Refusal, IntegrityError):
            self.tried[f"{name} 被拒"] += 1

    def change_post(self) -> None:
        user, role = self.somebody(), self.dice.choice(POSTS)
        user.role, user.area_id = role, golden.TOWNSHIP if role in TOWNSHIP else golden.COUNTY
        user.save(update_fields=["role", "area"])

    def file(self) -> None:
        user = self.somebody()
        file_relative(by=user, user=user, person=self.home.head, relation="兄弟", on=TODAY)
        self.filed_after.setdefault(user.pk, Act.objects.count())

    def casework(self) -> None:
        duty = self.dice.choice(list(SIDES))
        roles = [role for role in POSTS if duty in ROLES[role].duties]
        cases.do(case=self.case, by=self.fitting(*roles), duty=duty, title="办理", on=TODAY)

    def raw_act(self) -> None:
        """With the database's own password: the hand and the act as rows, whatever the office would have said."""
        user, duty = self.somebody(), self.dice.choice(["accept", "sign", "confirm"])
        Hand.objects.get_or_create(case=self.case, user=user, defaults={"group": duty})
        with connection.cursor() as cursor:
            cursor.execute(
                'INSERT INTO cases_act (case_id, user_id, duty, "group", station, "on", at, title, note) '
                "VALUES (%s, %s, %s, %s, 'accept', %s, %s, '', '')",
                [self.case.pk, user.pk, duty, duty, "2026-11-05", "2026-11-05 09:00:00+00:00"],
            )

    def money(self) -> None:
        run = PayrollRun.objects.first()
        if run is None:
            payments.build(scheme="dibao_rural", month=202611, by=self.fitting(Role.PAYER))
            return
        user = self.fitting(PAYS.get(run.state, Role.PAY_APPROVER))
        step: dict[str, Callable[[], object]] = {
            PayrollRun.State.DRAFT: lambda: payments.lock(run, user),
            PayrollRun.State.LOCKED: lambda: payments.approve(run, 1, user),
            PayrollRun.State.REVIEWED: lambda: payments.approve(run, 2, user),
            PayrollRun.State.APPROVED: lambda: payments.export(run, "csv", user),
            PayrollRun.State.EXPORTED: lambda: payments.hand_over(run, user),
        }
        step.get(run.state, lambda: None)()
        if run.state in (PayrollRun.State.APPROVED, PayrollRun.State.EXPORTED):
            self.sent.add(user.pk)

    def judged(self) -> list[str]:
        """What is wrong, read from the rows."""
        stands: dict[int, set[str]] = defaultdict(set)
        for act in Act.objects.filter(case__household=self.home):
            stands[act.user_id].add(SIDES[act.duty])
        for run in PayrollRun.objects.filter(lines__household=self.home).distinct():
            if run.state != PayrollRun.State.DRAFT:  # a draft pays nobody yet
                stands[run.maker_id].add("编制")
            for approval in Approval.objects.filter(run=run):
                stands[approval.user_id].add("复核" if approval.step == 1 else "审批和送银行")
        for user_id in self.sent:
            stands[user_id].add("审批和送银行")
        twice = [
            f"{user} 站在 {'、'.join(sorted(sides))}" for user, sides in stands.items() if len(sides) > 1
        ]
        return twice + self._by_relatives()

    def _by_relatives(self) -> list[str]:
        acts = list(Act.objects.order_by("pk"))
        return [
            f"{user} 为亲属办理"
            for user, known in self.filed_after.items()
            if any(act.user_id == user for act in acts[known:])
        ]


@pytest.fixture
def county() -> tuple[list[User], Household, Case]:
    """One household in receipt with an open case, six colluding users."""
    golden.county()
    factories.office(TODAY)
    award = factories.receiving(1)[0]
    users = [
        factories.staff(f"gang{place}", role, golden.TOWNSHIP if role in TOWNSHIP else golden.COUNTY)
        for place, role in enumerate(POSTS)
    ]
    case = cases.open_case(
        by=users[0], household=award.household, scheme_id="dibao_urban", on=TODAY - dt.timedelta(days=20)
    )
    return users, award.household, case


def test_nobody_stands_on_two_sides_and_nobody_acts_for_a_relative(
    county: tuple[list[User], Household, Case],
) -> None:
    users, home, case = county
    dice, tried, wrong = random.Random(SEED), Counter[str](), []
    reached: Counter[str] = Counter()
    for number in range(SEQUENCES):
        with transaction.atomic():
            gang = Gang(dice, users, home, case)
            for _ in range(STEPS):
                gang.attempt()
            wrong += [f"第 {number} 串: {text}" for text in gang.judged()]
            tried += gang.tried
            reached[getattr(PayrollRun.objects.first(), "state", "没有批次")] += 1
            transaction.set_rollback(True)
    print(
        f"种子 {SEED}, {SEQUENCES} 串, 每串 {STEPS} 步: {dict(sorted(tried.items()))}; 批次走到 {dict(reached)}"
    )
    assert not wrong, "\n".join(wrong[:10])
    for kind in ("casework", "raw_act", "money"):
        assert tried[f"{kind} 成"], f"{kind} 没有一次办成, 这个测试什么也没说明"
        assert tried[f"{kind} 被拒"], f"{kind} 没有一次被拒, 这个测试什么也没说明"
    assert Relative.objects.count() == 0
