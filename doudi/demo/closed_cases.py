"""The finished cases behind the families who came in since the hand-over: each with its road, hands and days."""

import datetime as dt
import secrets
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from doudi.demo.plan import ROAD_DAYS, Family, weekday
from doudi.demo.staff import Hands, hands_of
from doudi.demo.writing import ACTOR, Writer
from doudi.law.duties import side
from doudi.law.identity import age_on
from doudi.records.cases.models import Act, Case, Hand
from doudi.records.cases.services import CODE_LENGTH, CODE_LETTERS
from doudi.records.intake.models import Application, Signature
from doudi.records.intake.queries import ADULT
from doudi.records.policies.queries import scheme
from doudi.records.staff.models import User
from doudi.store.crypto import blind, seal

WHOLE_DAYS = 44  # thirty working days, about
REASONS = (
    "主要劳动力患重病, 失去收入来源", "成员残疾, 需长期照料", "年老体弱, 子女赡养能力有限", "子女上学, 支出大",
    "务工收入减少, 家庭生活困难",
)  # fmt: skip
# (duty, hand, station, days after acceptance, title)
ROAD = (
    ("accept", "clerk", "accept", 0, "收到申请"),
    ("accept", "clerk", "accept", 0, "受理, 转调查核对"),
    ("survey", "clerk", "survey", 2, "入户调查"),
    ("survey", "second", "survey", 2, "入户调查"),
    ("assess", "clerk", "review", 4, "测算"),
    ("review", "clerk", "review", 5, "初审意见"),
    ("post", "clerk", "post", 6, "张贴公示"),
    ("post", "clerk", "post", 14, "公示期满, 报签批"),
    ("sign", "leader", "sign", 16, "签批, 报县级确认"),
    ("confirm", "approver", "confirm", ROAD_DAYS, "确认"),
)


def write_closed_cases(
    writer: Writer, families: list[Family], staff: dict[str, User], county: str
) -> dict[int, int]:
    """写下已办结的案件和办理记录。Returns household → case."""
    filed = sorted((f for f in families if f.has_case), key=lambda f: (f.opened_on, f.household_id))
    hands = {family.village: hands_of(family.village, staff) for family in filed}
    writer.write(Case, _CASE, _case_rows(filed, county))
    writer.write(Application, _APPLICATION, _application_rows(filed))
    writer.write(Signature, _SIGNATURE, _signature_rows(filed))
    writer.write(Hand, ("case", "user", "group"), _hand_rows(filed, hands))
    writer.write(Act, _ACT, _act_rows(filed, hands))
    return {family.household_id: serial for serial, family in enumerate(filed, 1)}


_CASE = (
    "id", "version", "no", "query_code", "query_code_bi", "household", "village", "scheme", "kind", "road",
    "station", "station_from_on", "accepted_on", "due_on", "extended_reason", "outcome", "closed_on",
    "is_relative_filed", "returned_reason",
)  # fmt: skip
_APPLICATION = (
    "case", "channel", "applicant", "agent_name", "agent_relation", "agent_mandate", "reason",
)  # fmt: skip
_SIGNATURE = ("case", "what", "person", "guardian", "way", "signed_on", "noted_by")
_ACT = ("case", "user", "duty", "group", "station", "on", "at", "title", "note")


def _case_rows(filed: list[Family], county: str) -> Iterator[tuple[Any, ...]]:
    used: Counter[int] = Counter()
    for serial, family in enumerate(filed, 1):
        since, year = family.opened_on, family.opened_on.year
        used[year] += 1
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        column = "cases_case.query_code"
        yield (
            serial, 1, f"{county}-{year}-{used[year]:05}", seal(code, column), blind(code, column),
            family.household_id, family.village, family.scheme, Case.Kind.APPLY, scheme(family.scheme).road,
            "confirm", family.decided_on, since, since + dt.timedelta(days=WHOLE_DAYS), "", Case.Outcome.GRANTED,
            family.decided_on, False, "",
        )  # fmt: skip


def _application_rows(filed: list[Family]) -> Iterator[tuple[Any, ...]]:
    for serial, family in enumerate(filed, 1):
        reason = REASONS[family.household_id % len(REASONS)]
        yield serial, Application.Channel.WINDOW, family.head_id, "", "", False, reason


def _signature_rows(filed: list[Family]) -> Iterator[tuple[Any, ...]]:
    """Everybody authorised on paper, the head for the minors; the applicant made the commitment."""
    hand, by = Signature.Way.HAND, ACTOR
    for serial, family in enumerate(filed, 1):
        since, head = family.opened_on, family.members[0].name
        yield serial, Signature.What.PROMISE, family.head_id, "", hand, since, by
        for key, member in zip(family.person_ids, family.members, strict=True):
            guardian = head if age_on(member.born_on, since) < ADULT and key != family.head_id else ""
            yield serial, Signature.What.AUTHORISE, key, guardian, hand, since, by


def _hand_rows(filed: list[Family], hands: dict[str, Hands]) -> Iterator[tuple[Any, ...]]:
    for serial, family in enumerate(filed, 1):
        groups = {hand: side(duty) for duty, hand, *_ in ROAD}
        for hand, group in groups.items():
            yield serial, getattr(hands[family.village], hand).pk, group


def _act_rows(filed: list[Family], hands: dict[str, Hands]) -> Iterator[tuple[Any, ...]]:
    zone = timezone.get_default_timezone()
    for serial, family in enumerate(filed, 1):
        for place, (duty, hand, station, days, title) in enumerate(ROAD):
            on = family.decided_on if days == ROAD_DAYS else _no_later(family, days)
            at = dt.datetime.combine(on, dt.time(9, place * 5), zone)
            user = getattr(hands[family.village], hand).pk
            yield serial, user, duty, side(duty), station, on, at, title, ""


def _no_later(family: Family, days: int) -> dt.date:
    return min(weekday(family.opened_on + dt.timedelta(days=days)), family.decided_on)
