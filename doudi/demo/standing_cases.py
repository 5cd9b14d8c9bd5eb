"""Cases that stand at every station of the road when the demo opens, each walked there by the office's own verbs.

Nothing here takes effect in November: what is granted was decided in November and pays from December.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from django.db import transaction

from doudi.demo.applications import Applications
from doudi.demo.boards import board_photo
from doudi.demo.plan import OPENS_ON
from doudi.demo.staff import Hands, hands_of, home_township
from doudi.demo.survey_papers import visited
from doudi.law.workdays import Calendar
from doudi.records.areas import queries as areas
from doudi.records.cases.models import Case
from doudi.records.checks import services as checks
from doudi.records.checks.models import Finding
from doudi.records.decisions import services as decisions
from doudi.records.decisions.models import Decision
from doudi.records.intake import services as intake
from doudi.records.intake import suspecting
from doudi.records.intake.models import Application
from doudi.records.policies.queries import calendar
from doudi.records.postings import services as postings
from doudi.records.postings.models import Objection, Posting
from doudi.records.staff.models import User
from doudi.store.today import move_to

CASES = 84  # four a township in 汝州
STEPS = ("file", "tell", "accept", "visit", "assess", "opinion", "publish", "send_up", "sign", "decide")
STAYS = "本人只申请低保, 不申请特困供养"  # old people of the demo whose children nobody wrote down


@dataclass(frozen=True)
class Situation:
    """一件案子站在哪里: 最后一步、几个工作日之前收件, 途中出了什么事。"""

    name: str
    last: str
    ago: int
    poor: bool = True
    event: str = ""
    delivered: bool = False


SITUATIONS = (
    Situation("刚收件, 材料未查", "file", 1),
    Situation("已一次性告知缺项", "tell", 4),
    Situation("缺项久未补齐, 全程超期", "tell", 34),
    Situation("刚受理, 待入户", "accept", 2),
    Situation("入户超期", "accept", 10),
    Situation("已入户, 待测算", "visit", 4),
    Situation("已测算, 待初审", "assess", 6),
    Situation("初审超期", "assess", 19),
    Situation("待公示", "opinion", 6),
    Situation("公示中", "publish", 8),
    Situation("公示期满, 待上报", "publish", 14),
    Situation("公示中有异议", "publish", 9, event="objected"),
    Situation("异议不成立", "publish", 12, event="dismissed"),
    Situation("异议成立, 退回调查", "publish", 13, event="upheld"),
    Situation("待签批", "send_up", 13),
    Situation("待签批已久", "send_up", 26),
    Situation("负责人退回补正", "send_up", 17, event="sent_back"),
    Situation("待县级确认", "sign", 15),
    Situation("县级确认超期", "sign", 28),
    Situation("待县级不予确认", "sign", 14, poor=False),
    Situation("不予确认, 已送达", "decide", 22, poor=False, delivered=True),
    Situation("不予确认, 待送达", "decide", 19, poor=False),
    Situation("十一月确认, 十二月起发", "decide", 16, delivered=True),
)


def make_standing_cases(staff: dict[str, User], county: str, *, scale: float, seed: int) -> int:
    """造在办案件: 演示登录所在的乡镇每种一件, 其余轮到各乡镇。Returns how many."""
    count = max(len(SITUATIONS), round(CASES * min(scale, 1)))
    villages = _villages(county, count, Random(seed))
    papers = Applications(Random(seed + 1))
    for place, village in enumerate(villages):
        situation = SITUATIONS[place % len(SITUATIONS)]
        with transaction.atomic():
            Walk(situation, village, staff, calendar(), papers).walk()
    return count


def _villages(county: str, count: int, rng: Random) -> list[str]:
    """The demo logins' own township first, once for each situation; then township after township."""
    home = home_township(county.ljust(12, "0")).code
    own = [area.code for area in areas.villages(home)]
    chosen = [own[place % len(own)] for place in range(len(SITUATIONS))]
    others = [t.code for t in areas.townships(county.ljust(12, "0")) if t.code != home]
    while len(chosen) < count and others:
        township = others[len(chosen) % len(others)]
        chosen.append(rng.choice(list(areas.villages(township))).code)
    return chosen


class Walk:
    """一件案子, 一步步走到它要站的地方; 每一步都在那一天, 由那个乡镇的人办。"""

    def __init__(
        self,
        situation: Situation,
        village: str,
        staff: dict[str, User],
        days: Calendar,
        papers: Applications,
    ) -> None:
        self.situation, self.village, self.days, self.papers = situation, village, days, papers
        self.hands: Hands = hands_of(village, staff)
        agent = staff["cun"]
        self.agent = agent if agent.area_id == village else None
        self.day = _before(OPENS_ON, situation.ago, days)
        self.case: Case | None = None

    def walk(self) -> None:
        """走完。"""
        for step in STEPS[: STEPS.index(self.situation.last) + 1]:
            if step != "tell" or self.situation.last == "tell":
                getattr(self, step)()
        if self.situation.event:
            getattr(self, self.situation.event)()

    @property
    def here(self) -> Case:
        """案子现在的样子。"""
        assert self.case is not None
        return Case.objects.get(pk=self.case.pk)

    def file(self) -> None:
        """收件: 村里代办的或窗口收的。"""
        self._to(self.day)
        draft = self.papers.draft(self.village, poor=self.situation.poor, agent=self.agent, on=self.day)
        channel = Application.Channel.VILLAGE if self.agent else Application.Channel.WINDOW
        self.case = intake.submit(
            by=self.agent or self.hands.clerk, draft=draft, channel=channel, on=self.day
        )

    def tell(self) -> None:
        """一次性告知: 授权书还缺。"""
        self._later(1)
        have = [code for code in _asked(self.here) if code != "authorisation"]
        intake.note_papers(case=self.here, by=self.hands.clerk, have=have, on=self.day)
        intake.tell_gaps(case=self.here, by=self.hands.clerk, on=self.day)

    def accept(self) -> None:
        """受理; 与别户相像的先核实排除。"""
        self._later(1)
        for suspicion in self.here.suspicions.filter(state="open"):
            suspecting.settle(
                suspicion=suspicion,
                by=self.hands.clerk,
                confirmed=False,
                note="已核对户口簿, 不是一家",
                on=self.day,
            )
        intake.note_papers(case=self.here, by=self.hands.clerk, have=_asked(self.here), on=self.day)
        intake.accept(case=self.here, by=self.hands.clerk, on=self.day)

    def visit(self) -> None:
        """核对未接入, 入户两人。"""
        self._later(1)
        checks.note_finding(
            case=self.here, by=self.hands.clerk, source="信息核对系统", outcome=Finding.Outcome.NOT_CONNECTED,
            on=self.day, note="尚未接入, 按入户调查办理",
        )  # fmt: skip
        checks.visit(
            case=self.here, by=self.hands.clerk, others=[self.hands.second], on=self.day,
            draft=visited(self.here.household.head.name),
        )  # fmt: skip

    def assess(self) -> None:
        """测算。"""
        self._later(2)
        checks.assess(case=self.here, by=self.hands.clerk, on=self.day, keep=STAYS, keep_as=self.here.scheme)

    def opinion(self) -> None:
        """初审意见, 与测算一致。"""
        self._later(1)
        text = (
            "家庭收入、财产符合规定, 建议确认"
            if self.situation.poor
            else "家庭人均收入高于标准, 建议不予确认"
        )
        checks.give_opinion(
            case=self.here, by=self.hands.clerk, recommends=self.situation.poor, text=text, on=self.day
        )

    def publish(self) -> None:
        """张贴公示; 不予确认的不公示。"""
        if self.situation.poor:
            postings.publish(case=self.here, by=self.hands.clerk, on=self.day)
            if self.situation.last != "publish" or self.situation.event:
                self._photograph("first")  # the boards that only hang still wait for theirs

    def send_up(self) -> None:
        """公示期满上报。"""
        if self.situation.poor:
            self._to(self.days.after(self._posting().until_on, 1))
            self._photograph("last")
            postings.send_up(case=self.here, by=self.hands.clerk, on=self.day)

    def sign(self) -> None:
        """负责人签批。"""
        self._later(1)
        decisions.sign(case=self.here, by=self.hands.leader, on=self.day)

    def decide(self) -> None:
        """县级确认或不予确认, 送达告知书。"""
        self._later(3 if self.situation.poor else 4)
        decision = self._decide()
        if self.situation.delivered:
            head = self.here.household.head.name
            decisions.deliver(decision=decision, by=self.hands.clerk, received_by=head, on=self.day)

    def objected(self) -> None:
        """有人提出异议。"""
        self._later(2)
        postings.object_to(
            posting=self._posting(), channel="网上", contact="", on=self.day,
            text="听说这家的儿子在外做生意, 请再核实。",
        )  # fmt: skip

    def dismissed(self) -> None:
        """查实不成立。"""
        self._answer(Objection.Outcome.DISMISSED, "已走访核实, 其子已分户且收入有限, 异议不成立")

    def upheld(self) -> None:
        """查实成立, 退回重新调查。"""
        self._answer(Objection.Outcome.UPHELD, "申报中少填一项务工收入, 退回重新调查")

    def sent_back(self) -> None:
        """负责人退回补正。"""
        self._later(1)
        decisions.send_back(
            case=self.here, by=self.hands.leader, text="土地流转收入没有凭据, 请补充核实", on=self.day
        )

    def _decide(self) -> Decision:
        approver = self.hands.approver
        if self.situation.poor:
            return decisions.confirm(case=self.here, by=approver, on=self.day)
        return decisions.refuse(
            case=self.here, by=approver, reason_code="R01", text="家庭人均收入不低于当地低保标准", on=self.day
        )

    def _answer(self, outcome: str, text: str) -> None:
        self.objected()
        self._later(1)
        objection = Objection.objects.filter(posting__case=self.case).latest("pk")
        both = [self.hands.clerk, self.hands.second]
        postings.assign(objection=objection, by=self.hands.clerk, users=both, on=self.day)
        remedy = Objection.Remedy.SURVEY
        postings.conclude(
            objection=objection, by=self.hands.clerk, outcome=outcome, remedy=remedy, text=text, on=self.day
        )
        postings.countersign(objection=objection, by=self.hands.second, on=self.day)

    def _photograph(self, moment: str) -> None:
        postings.send_photo(
            posting=self._posting(), by=self.hands.clerk, moment=moment, data=board_photo(), on=self.day
        )

    def _posting(self) -> Posting:
        return Posting.objects.filter(case=self.case).latest("pk")

    def _later(self, workdays: int) -> None:
        self._to(self.days.after(self.day, workdays))

    def _to(self, day: dt.date) -> None:
        """The office's date goes along, so that the instant of each act is of its own day."""
        if day >= OPENS_ON:
            raise AssertionError(f"“{self.situation.name}”走到了 {day}, 晚于演示开始的日子")
        self.day = day
        move_to(day)


def _asked(case: Case) -> Sequence[str]:
    """Every paper the applicant is asked for."""
    return list(case.papers.exclude(status="fetched").order_by("pk").values_list("kind", flat=True))


def _before(day: dt.date, workdays: int, days: Calendar) -> dt.date:
    while workdays > 0:
        day -= dt.timedelta(days=1)
        workdays -= days.is_working(day)
    return day
