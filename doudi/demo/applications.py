"""Applications as families hand them in: the same made-up families, written as the window's form."""

import datetime as dt
from random import Random

from doudi.demo.families import Income, Maker, Member
from doudi.demo.incomes import Asset, provide
from doudi.demo.numbers import IdentityNumbers, account_number, phone_number
from doudi.demo.people_rows import BANK
from doudi.demo.plan import is_community
from doudi.records.areas.models import Area
from doudi.records.areas.queries import full_name
from doudi.records.intake.services import ApplicationDraft
from doudi.records.people.services import FactDraft
from doudi.records.people.services import Member as MemberDraft
from doudi.records.staff.models import User

APPLICANTS_PREFIX = "470411"  # a prefix of their own, so that no applicant is on the roll already
FIRST_SERIAL = 90_000_001
FEW_WAGES_FEN = 4_800_000
REASONS = (
    "家里主要劳力患病, 没有稳定收入", "老伴残疾需要照顾, 收入不够生活", "孩子上学, 靠打零工维持, 入不敷出",
    "年纪大了干不动, 子女也困难",
)  # fmt: skip


class Applications:
    """逐份给出申请, 人人不同。"""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.maker = Maker(rng)
        self.numbers = IdentityNumbers()
        self.serial = FIRST_SERIAL

    def draft(self, village: str, *, poor: bool, agent: User | None, on: dt.date) -> ApplicationDraft:
        """一份申请; `poor=False` 的家庭收入高于标准。"""
        self.serial += 1
        locality = "urban" if is_community(Area.objects.get(code=village).name) else "rural"
        members = self.maker.dibao(self.maker.size())
        assets = provide(members, locality, self.rng)
        if not poor:
            members[0].incomes.append(Income("wage", FEW_WAGES_FEN * len(members)))
        return ApplicationDraft(
            scheme_id=f"dibao_{locality}",
            village_id=village,
            kind=locality,
            members=[self._member(member) for member in members],
            address=f"{full_name(village)}{self.rng.randint(1, 12)}组",
            phone=phone_number(self.serial),
            facts=facts_of(members, assets),
            bank=BANK,
            account=account_number(self.serial),
            reason=self.rng.choice(REASONS),
            agent_name=agent.name if agent else "",
            agent_relation="村级代办" if agent else "",
            agent_mandate=agent is not None,
            authorised=True,
            promised=True,
        )

    def _member(self, member: Member) -> MemberDraft:
        number = self.numbers.next(member.born_on, male=member.male, prefix=APPLICANTS_PREFIX)
        return MemberDraft(name=member.name, id_number=number, relation=member.relation, ethnic=member.ethnic)


def facts_of(members: list[Member], assets: list[Asset]) -> list[tuple[int | None, FactDraft]]:
    """申报的事实: 成员在名单里的位置 (空为全家的) 和内容。"""
    found: list[tuple[int | None, FactDraft]] = []
    for place, member in enumerate(members):
        found += [(place, _income(income)) for income in member.incomes]
        if member.disability:
            found.append((place, FactDraft(kind="disability", code=member.disability)))
            found.append((place, FactDraft(kind="disability_grade", number=member.grade)))
        if member.illness:
            found.append((place, FactDraft(kind="illness", code=member.illness)))
        if member.student:
            found.append((place, FactDraft(kind="student", code=member.student)))
        if member.able:
            found.append((place, FactDraft(kind="able_to_work", number=1)))
    found += [(None, FactDraft(kind="asset", code=a.code, amount_fen=a.amount_fen)) for a in assets]
    return found


def _income(income: Income) -> FactDraft:
    return FactDraft(
        kind="income", code=income.code, amount_fen=income.gross_fen, cost_fen=income.cost_fen or None
    )
