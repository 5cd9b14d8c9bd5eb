"""The golden household of the design, ready to be filed: three members, one severely disabled, one minor."""

import datetime as dt
import io
from typing import Any

from PIL import Image

from doudi.demo.survey_papers import signed_paper
from doudi.law.identity import check_digit
from doudi.records.areas.models import Area
from doudi.records.checks.services import VisitDraft
from doudi.records.intake.services import ApplicationDraft
from doudi.records.people.services import FactDraft, Member
from doudi.records.policies.models import Workday
from doudi.records.staff.models import User

VILLAGE = "410482101201"
TOWNSHIP = "410482101000"
COUNTY = "410482000000"
GPS = 0x8825  # the place a photograph was taken, among what a camera writes beside it
NOBODY = "000000"  # an area prefix no office ever assigned
STAFF = {
    "cun": VILLAGE,
    "jingban": TOWNSHIP,
    "jingban2": TOWNSHIP,
    "fuze": TOWNSHIP,
    "shenpi": COUNTY,
    "shenpi2": COUNTY,
    "caiwu": COUNTY,
    "fuhe": COUNTY,
    "pizhun": COUNTY,
    "xitong": None,
}
HOLIDAYS = {
    (9, 25): "中秋节",
    **{(10, day): "国庆节" for day in range(1, 8)},
}
WORKED = {(9, 20): "国庆节调休", (10, 10): "国庆节调休"}


def number(born: str, sequence: int) -> str:
    """A valid 18-digit number that belongs to nobody."""
    first = f"{NOBODY}{born}{sequence:03}"
    return first + check_digit(first)


def county() -> dict[str, User]:
    """One county, one township, one village, its calendar of 2026 and its staff by login."""
    parent = None
    for code, name, level in (
        (COUNTY, "汝州市", "county"),
        (TOWNSHIP, "寄料镇", "township"),
        (VILLAGE, "寄料村", "village"),
    ):
        parent = Area.objects.create(code=code, name=name, level=level, parent=parent)
    for days, is_working in ((HOLIDAYS, False), (WORKED, True)):
        for (month, day), name in days.items():
            Workday.objects.create(
                day=dt.date(2026, month, day), is_working=is_working, name=name, set_by="xitong"
            )
    return {
        login: User.objects.create(username=login, name=f"测试{login}", role=login.rstrip("2"), area_id=area)
        for login, area in STAFF.items()
    }


def draft(**changes: object) -> ApplicationDraft:
    """The application as the village files it."""
    values: dict[str, Any] = {
        "scheme_id": "dibao_rural",
        "village_id": VILLAGE,
        "kind": "rural",
        "members": (
            Member(name="赵甲", id_number=number("19810301", 11), relation="head"),
            Member(name="钱乙", id_number=number("19830505", 22), relation="spouse"),
            Member(name="赵丙", id_number=number("20140601", 31), relation="child"),
        ),
        "address": "寄料村 1 组",
        "phone": "10000000000",
        "facts": (
            (None, FactDraft(kind="income_stable", number=0)),
            (0, FactDraft(kind="able_to_work", number=1)),
            (0, FactDraft(kind="income", code="wage", amount_fen=970_000)),
            (0, FactDraft(kind="income", code="crops", amount_fen=240_000)),
            (0, FactDraft(kind="income", code="land_lease", amount_fen=60_000)),
            (1, FactDraft(kind="disability", code="physical")),
            (1, FactDraft(kind="disability_grade", number=2)),
            (1, FactDraft(kind="income", code="disability_subsidy", amount_fen=84_000)),
            (2, FactDraft(kind="student", code="school")),
            (None, FactDraft(kind="asset", code="deposit", amount_fen=1_200_000)),
            (None, FactDraft(kind="asset", code="house")),
        ),
        "bank": "汝州农商银行",
        "account": "6299000000000000001",
        "reason": "妻子重残, 收入不足",
        "agent_name": "村级协理员",
        "agent_relation": "村级代办",
        "agent_mandate": True,
        "authorised": True,
        "promised": True,
    }
    made = values | changes
    if "members" in changes and "phone" not in changes:
        made["phone"] = f"100{made['members'][0].id_number[8:16]}"  # another family has another telephone
    return ApplicationDraft(**made)


def seen(**changes: object) -> VisitDraft:
    """The home visit as two investigators bring it back: four methods, nothing different, the paper signed."""
    values = {
        "member_present": "赵甲",
        "observed": "与申报相符",
        "methods": {
            "statement": "说明了收入和困难",
            "observation": "砖房三间",
            "neighbours": "邻居说日子紧",
            "members": "妻子说法一致",
        },
        "paper": [signed_paper()],
    }
    return VisitDraft(**(values | changes))  # type: ignore[arg-type]


def photo(size: tuple[int, int] = (60, 40)) -> bytes:
    """A photograph as a phone takes it: a JPEG that tells where it was taken."""
    picture = Image.new("RGB", size, "white")
    where = picture.getexif()
    where[GPS] = {1: "N", 2: (34.0, 10.0, 0.0)}
    written = io.BytesIO()
    picture.save(written, "JPEG", exif=where)
    return written.getvalue()
