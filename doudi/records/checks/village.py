"""What a village's panel is made of, who of it stands aside, which meetings were due and held."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from doudi.law.panels import PanelTerms, meetings_due
from doudi.records.cases.models import Case
from doudi.records.checks.meetings import Meeting, Panel, PanelMember, PanelReview
from doudi.records.people.models import Membership
from doudi.records.people.queries import relatives_of
from doudi.records.policies.queries import parameters

STATION = "panel"


def panel_terms(village_id: str, on: dt.date) -> PanelTerms:
    """某地某日民主评议的条件。"""
    rules = parameters(village_id, on)
    return PanelTerms(
        least_members=rules.value("panel.least_members"),
        quorum=rules.value("panel.quorum"),
        approve=rules.value("panel.approve"),
    )


def panel_on(village_id: str, on: dt.date) -> Panel | None:
    """某村某日的评议小组。"""
    serving = Q(until_on=None) | Q(until_on__gt=on)
    return Panel.objects.filter(serving, village_id=village_id, from_on__lte=on).order_by("-pk").first()


def members_at(panel: Panel, on: dt.date) -> QuerySet[PanelMember]:
    """某日在任的评议员。"""
    serving = Q(until_on=None) | Q(until_on__gt=on)
    return panel.members.filter(serving, from_on__lte=on).order_by("pk")


def must_recuse(case: Case, panel: Panel) -> dict[PanelMember, str]:
    """必须回避的评议员: 申请家庭的人, 和曾与他们同住一户、姓名相同、有近亲属备案的人。"""
    family = Membership.objects.filter(household_id=case.household_id)
    persons = set(family.values_list("person_id", flat=True))
    names = set(family.values_list("person__name", flat=True))
    homes = Membership.objects.filter(person__in=persons).values("household")
    kin = set(Membership.objects.filter(household__in=homes).values_list("person_id", flat=True))
    staff = set(relatives_of(case.household_id).values_list("user__name", flat=True))
    found = {}
    for member in panel.members.order_by("pk"):
        if member.person_id in persons:
            found[member] = "申请家庭成员"
        elif member.person_id in kin:
            found[member] = "曾与申请人同住一户的亲属"
        elif member.name in names:
            found[member] = "与申请家庭成员同名, 视为本人"
        elif member.name in staff:
            found[member] = "有近亲属备案"
    return found


def waiting_at_panel(village_id: str) -> QuerySet[Case]:
    """某村等民主评议的案件。"""
    found = Case.objects.open().filter(village_id=village_id, station=STATION)
    return found.select_related("household__head").order_by("station_from_on", "pk")


@dataclass(frozen=True)
class VillagePanel:
    """一个村的评议: 小组、上次会、过了日子没开的例会、下一次、等着评的件数。"""

    village_id: str
    name: str
    panel: Panel | None
    last_on: dt.date | None
    missed: tuple[dt.date, ...]
    next_on: dt.date | None
    waiting: int


def meetings_of(village_id: str) -> QuerySet[Meeting]:
    """某村开过的评议会, 新的在前, 连同评了哪些案件。"""
    found = Meeting.objects.filter(village_id=village_id).select_related("panel", "chair", "minutes")
    return found.prefetch_related("reviews__case__household__head", "attendances").order_by("-on", "-pk")


def panels_of(villages: "list[tuple[str, str]]", on: dt.date) -> list[VillagePanel]:
    """这些村（代码, 名称）的评议情况, 四次查询。依据: 评议例会制度"""
    codes = [code for code, _ in villages]
    current = {
        panel.village_id: panel
        for panel in Panel.objects.filter(village__in=codes, until_on=None).order_by("pk")
    }
    last: dict[str, dt.date] = {}
    for village_id, held_on in (
        Meeting.objects.filter(village__in=codes).order_by("on").values_list("village", "on")
    ):
        last[village_id] = held_on
    waiting: dict[str, int] = {}
    open_cases = Case.objects.open().filter(village__in=codes, station=STATION).order_by()
    for village_id in open_cases.values_list("village", flat=True):
        waiting[village_id] = waiting.get(village_id, 0) + 1
    return [
        _village_panel(code, name, current.get(code), last.get(code), waiting.get(code, 0), on)
        for code, name in villages
    ]


def _village_panel(
    code: str, name: str, panel: Panel | None, last_on: dt.date | None, waiting: int, on: dt.date
) -> VillagePanel:
    days = parameters(code, on).value("panel.meeting_days")
    if panel is None:
        return VillagePanel(code, name, None, last_on, (), None, waiting)
    due = meetings_due(last_on, panel.from_on, days, on)
    return VillagePanel(code, name, panel, last_on, due[:-1], due[-1], waiting)


def reviews_of(case: Case) -> QuerySet[PanelReview]:
    """一件申请的历次民主评议, 新的在前。"""
    found = PanelReview.objects.filter(case=case).select_related(
        "meeting", "meeting__chair", "meeting__minutes"
    )
    return found.prefetch_related("recusals__member").order_by("-pk")
