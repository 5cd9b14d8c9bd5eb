"""What the demo's visits bring home: what was said and seen, and a picture of the signed form."""

import io
from functools import lru_cache

from PIL import Image, ImageDraw

from doudi.records.checks.models import VisitMethod
from doudi.records.checks.services import VisitDraft

TOLD: dict[str, str] = {
    VisitMethod.Method.STATEMENT: "户主说明了家庭人口、收入来源和主要困难, 与申请书一致。",
    VisitMethod.Method.OBSERVATION: "砖瓦房, 家具简单, 没有车辆和贵重电器。",
    VisitMethod.Method.NEIGHBOURS: "两户邻居都说这家日子紧, 没有听说有别的收入。",
    VisitMethod.Method.MEMBERS: "分别询问了家人, 说法一致。",
}


def visited(member: str) -> VisitDraft:
    """一次与申报相符的入户调查, 签字的调查表拍了照。"""
    return VisitDraft(
        member_present=member,
        observed="住房、家具、生活状况与申报一致, 邻里反映相符。",
        methods=TOLD,
        paper=[signed_paper()],
    )


@lru_cache(maxsize=1)
def signed_paper() -> bytes:
    """签字页的图: 只有线条, 不是谁的字迹。"""
    sheet = Image.new("RGB", (600, 800), "white")
    pen = ImageDraw.Draw(sheet)
    for top in range(80, 560, 60):
        pen.line((60, top, 540, top), fill="#8a969a", width=2)
    for left in (90, 280, 450):
        pen.line([(left, 690), (left + 25, 650), (left + 45, 700), (left + 90, 660)], fill="#1b2426", width=4)
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()
