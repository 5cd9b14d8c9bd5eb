"""P11: colluding users change posts, file relatives, act in any order and by raw SQL; what stands is judged apart.

Each sequence is its own county history, rolled back afterwards. The judge reads the rows alone and knows none of the
rules' code: for one household, every person stands on one side at most, no act is a relative's, none is of somebody
registered away. What goes through the office is done by those in the post, as it was at that moment.
"""

import datetime as dt
import os
import random
from collections import Counter, defaultdict
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from doudi.law.duties import ROLES
from doudi.records.audit.models import Event
from doudi.records.audit.services import subject_of
from doudi.records.cases import services as cases
from doudi.records.cases.models import Act, Case, Hand
from doudi.records.payments import services as payments
from doudi.records.payments.models import Approval, PayrollRun
from doudi.records.people.models import Household, Relative
from doudi.records.people.services import file_relative
from doudi.records.staff.models import Absence, Role, User
from doudi.store.refusal import Refusal
from tests.services import factories
from tests.services import golden_family as golden

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SEED = int(os.environ.get("DOUDI_SEED", "20261122"))
SEQUENCES = int(os.environ.get("DOUDI_SEQUENCES", "60"))  # `make soak` runs 2,000
STEPS = 30
SWITCHED_TO_CASES = 0.4  # of those who change sides; the rest go to the money
LIKELY = 0.7  # how often a try is made by somebody whose post it is; the rest are anybody's
TODAY = dt.date(2026, 11, 5)
SIDES = {
    "accept": "经办", "survey": "经办", "assess": "经办", "review": "经办", "post": "经办", "sign": "签批",
    "confirm": "确认", "sample": "确认",
}  # fmt: skip
POSTS = (Role.CLERK, Role.LEADER, Role.APPROVER, Role.PAYER, Role.PAY_REVIEWER, Role.PAY_APPROVER)
TOWNSHIP = (Role.CLERK, Role.LEADER)
PAYS = {None: Role.PAYER, "draft": Role.PAYER, "locked": Role.PAY_REVIEWER}
MONEY_EVENTS = {
    "payroll.open": "编制", "payroll.build": "编制", "payroll.lock": "编制",
    "payroll.export": "审批和送银行", "payroll.hand_over": "审批和送银行",
}  # fmt: skip
APPROVAL_SIDES = {1: "复核", 2: "审批和送银行"}
DONE = "办理"  # the title of what went through the office; a raw act has none


def whose(duty: str) -> list[Role]:
    """The posts a duty of casework belongs to."""
    return [role for role in POSTS if duty in ROLES[role].duties]


class Gang:
    """Six people who know each other, one household in receipt, a case of it, and the month's payroll."""

    def __init__(self, dice: random.Random, users: list[User], home: Household, case: Case) -> None:
        self.dice, self.users, self.home, self.case = dice, users, home, case
        self.filed_after: dict[int, int] = {}  # user → the number of acts there were when he filed
        self.away_after: dict[int, int] = {}  # user → the same, when he went away
        self.keys = {user.username: user.pk for user in users}
        self.out_of_post: list[str] = []
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
            [
                self.change_post, self.file, self.go_away, *[self.casework] * 5, *[self.raw_act] * 2,
                *[self.money] * 5, *[self.turncoat] * 4, self.send_back,
            ]
        )  # fmt: skip
        name = act.__name__
        try:
            with transaction.atomic():
                act()
            self.tried[f"{name} 成"] += 1
        except (Refusal, IntegrityError):
            self.tried[f"{name} 被拒"] += 1

    def change_post(self) -> None:
        self.post(self.somebody(), self.dice.choice(POSTS))

    @staticmethod
    def post(user: User, role: Role) -> None:
        user.role, user.area_id = role, golden.TOWNSHIP if role in TOWNSHIP else golden.COUNTY
        user.save(update_fields=["role", "area"])

    def file(self) -> None:
        user = self.somebody()
        file_relative(by=user, user=user, person=self.home.head, relation="兄弟", on=TODAY)
        self.filed_after.setdefault(user.pk, Act.objects.count())

    def go_away(self) -> None:
        user, deputy = self.somebody(), self.somebody()
        Absence.objects.create(
            user=user, deputy=deputy, from_on=TODAY, until_on=TODAY, reason="出差", set_by=deputy
        )
        self.away_after.setdefault(user.pk, Act.objects.count())

    def casework(self) -> None:
        duty = self.dice.choice(list(SIDES))
        self.do(duty, self.fitting(*whose(duty)))

    def do(self, duty: str, by: User) -> None:
        cases.do(case=self.case, by=by, duty=duty, title=DONE, on=TODAY)
        self.took(by, duty, *whose(duty))

    def took(self, user: User, what: str, *posts: Role) -> None:
        """Kept at once, because a post changes and the rows do not say what it was."""
        if user.role not in posts:
            self.out_of_post.append(f"{user.role} 办了 {what}")

    def turncoat(self) -> None:
        """Somebody with a hand in it already takes the post of another step, and that step at once."""
        made = PayrollRun.objects.values_list("maker_id", flat=True)
        known = sorted({*self.stands(), *made})
        user = User.objects.get(pk=self.dice.choice(known)) if known else self.somebody()
        if self.dice.random() < SWITCHED_TO_CASES:
            duty = self.dice.choice(list(SIDES))
            self.post(user, whose(duty)[0])
            self.do(duty, user)
        else:
            self.post(user, self.next_post())
            self.pay(user)

    def raw_act(self) -> None:
        """With the database's own password: the hand and the act as rows, whatever the office would have said."""
        filed = sorted(self.filed_after)  # whom nothing but the database would keep from it
        user = User.objects.get(pk=self.dice.choice(filed)) if filed else self.somebody()
        duty = self.dice.choice(["accept", "sign", "confirm"])
        Hand.objects.get_or_create(case=self.case, user=user, defaults={"group": duty})
        with connection.cursor() as cursor:
            cursor.execute(
                'INSERT INTO cases_act (case_id, user_id, duty, "group", station, "on", at, title, note) '
                "VALUES (%s, %s, %s, %s, 'accept', %s, %s, '', '')",
                [self.case.pk, user.pk, duty, duty, "2026-11-05", "2026-11-05 09:00:00+00:00"],
            )

    def next_post(self) -> Role:
        """The post of the next step with the money."""
        return PAYS.get(getattr(PayrollRun.objects.first(), "state", None), Role.PAY_APPROVER)

    def money(self) -> None:
        self.pay(self.fitting(self.next_post()))

    def pay(self, user: User) -> None:
        run = PayrollRun.objects.first()
        if run is None:
            payments.build(scheme="dibao_rural", month=202611, by=user)
            self.took(user, "build", Role.PAYER)
            return
        step: dict[str, Callable[[], object]] = {
            PayrollRun.State.DRAFT: lambda: payments.lock(run, user),
            PayrollRun.State.LOCKED: lambda: payments.approve(run, 1, user),
            PayrollRun.State.REVIEWED: lambda: payments.approve(run, 2, user),
            PayrollRun.State.APPROVED: lambda: payments.export(run, "csv", user),
            PayrollRun.State.EXPORTED: lambda: payments.hand_over(run, user),
        }
        if run.state in step:
            before, post = run.state, self.next_post()
            step[before]()
            self.took(user, before, post)

    def send_back(self) -> None:
        run = PayrollRun.objects.first()
        if run is not None:
            payments.reopen(run, "重做", self.fitting(Role.PAY_REVIEWER, Role.PAY_APPROVER))

    def stands(self) -> dict[int, set[str]]:
        """Who stands where for the household, read from the rows."""
        stands: dict[int, set[str]] = defaultdict(set)
        for act in Act.objects.filter(case__household=self.home):
            stands[act.user_id].add(SIDES[act.duty])
        for run in PayrollRun.objects.filter(lines__household=self.home).distinct():
            if run.state == PayrollRun.State.DRAFT and run.round == 0:
                continue  # a draft pays nobody yet
            stands[run.maker_id].add("编制")
            for approval in Approval.objects.filter(run=run):
                stands[approval.user_id].add(APPROVAL_SIDES[approval.step])
            for event in Event.objects.filter(subject=subject_of(run), action__in=MONEY_EVENTS):
                stands[self.keys[event.actor]].add(MONEY_EVENTS[event.action])
        return stands

    def judged(self) -> list[str]:
        """What is wrong, read from the rows."""
        twice = [
            f"{user} 站在 {'、'.join(sorted(sides))}"
            for user, sides in self.stands().items()
            if len(sides) > 1
        ]
        return twice + self._by_relatives() + self._while_away() + self.out_of_post

    def _by_relatives(self) -> list[str]:
        acts = list(Act.objects.order_by("pk"))
        return [
            f"{user} 为亲属办理"
            for user, known in self.filed_after.items()
            if any(act.user_id == user for act in acts[known:])
        ]

    def _while_away(self) -> list[str]:
        acts = list(Act.objects.order_by("pk"))
        return [
            f"{user} 登记了不在岗还办理"
            for user, known in self.away_after.items()
            if any(act.user_id == user and act.title == DONE for act in acts[known:])
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
