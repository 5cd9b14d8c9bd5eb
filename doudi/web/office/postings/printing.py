"""The boards of many villages in one file: collected village by village in the background, then drawn."""

import datetime as dt
from typing import Any

from django.conf import settings

from doudi.records.areas.models import Area
from doudi.records.jobs import services as jobs
from doudi.records.jobs.models import Job
from doudi.records.jobs.registry import task
from doudi.records.policies.queries import calendar
from doudi.records.postings.boards import villages_hanging
from doudi.records.postings.queries import on_board
from doudi.records.staff.models import User
from doudi.store.kept import keep
from doudi.store.refusal import Refusal
from doudi.web.office.postings.sheets import posting_sheet_of
from doudi.web.ui.print import printing
from doudi.web.ui.print.sheets import PostingBook, PostingSheet

KIND = "boards"
DRAWING = "各村已集齐, 正在排版"


class NoVillageChosen(Refusal):
    """没有选村。"""


class NothingHangs(Refusal):
    """选的村今天都没有在公示期内的。"""


def begin(*, by: User, villages: list[str], key: str, on: dt.date, site: str) -> Job:
    """发起多村公示榜的打印; 辖区外的村和没有公示的不算。同一个键只有一次。Raises NoVillageChosen."""
    mine = {row["village_id"] for row in villages_hanging(by, on)}
    chosen = sorted(mine & set(villages))
    if not chosen:
        raise NoVillageChosen("还没有选村, 请勾选有公示在期内的村")
    given = {"villages": chosen, "on": on.isoformat(), "site": site, "by": by.username}
    return jobs.start(kind=KIND, key=f"{KIND}:{key}", by=by, arguments=given)


def title_of(job: Job) -> str:
    """这次打印叫什么。"""
    return f"打印 {len(job.arguments['villages'])} 个村的公示榜"


@task(KIND)
def draw(job: Job) -> dict[str, Any]:
    """逐村集齐公示榜, 印成一份 PDF 封存。Raises NothingHangs."""
    given, known = job.arguments, calendar()
    on, total = dt.date.fromisoformat(given["on"]), len(given["villages"])
    sheets: list[PostingSheet] = []
    left_out: list[str] = []
    areas = Area.objects.select_related("parent").in_bulk(given["villages"])
    for number, code in enumerate(given["villages"], start=1):
        hung = list(on_board(code, on))
        if hung:
            sheets.append(posting_sheet_of(areas[code], hung, on, known, given["site"]))
        else:
            left_out.append(areas[code].name)
        last = number == total
        jobs.progress(job, done=number, total=total, message=DRAWING if last else areas[code].name)
    if not sheets:
        raise NothingHangs("选的村今天都没有在公示期内的公示, 不用打印")
    pdf = printing.render(PostingBook(sheets, on), demo=settings.DEMO)
    kept = keep(pdf, media_type="application/pdf", title=f"公示榜 {on}", by=given["by"])
    boards = [board for sheet in sheets for board in sheet.boards]
    households = sum(len(board.rows) for board in boards)
    return {
        "file": kept.pk, "villages": len(sheets), "boards": len(boards), "households": households,
        "left_out": left_out,
    }  # fmt: skip
