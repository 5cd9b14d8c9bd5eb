"""`manage.py missing_parameters`: which parameters a place still lacks, for every scheme that is computed."""

import datetime as dt
import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from doudi.law.catalogue import NO_BOOK, Scheme
from doudi.law.completeness import Missing, missing
from doudi.law.library import BOOKS
from doudi.records.areas.models import Area
from doudi.records.policies.queries import catalogue, parameters
from doudi.store.today import today


class Command(BaseCommand):
    """逐项目列出还缺的参数, 一次列全。Exit 0 nothing that is open lacks any, 1 something does, 2 wrong usage."""

    help = "列出某地某日各项目还缺的政策参数"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--area", default="", metavar="CODE", help="区划代码, 不写为本县")
        parser.add_argument("--on", default="", metavar="YYYY-MM-DD", help="哪一天, 不写为今天")
        parser.add_argument("--json", action="store_true", help="只打印一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        area = (options["area"] or settings.COUNTY).ljust(12, "0")
        if not Area.objects.filter(code=area).exists():
            raise CommandError(f"没有区划 {area}", returncode=2)
        on = _day(options["on"]) if options["on"] else today()
        known = parameters(area, on)
        books = {book_id: missing(book, known) for book_id, book in BOOKS.items()}
        schemes = [one for one in catalogue().schemes.values() if one.rulebook != NO_BOOK]
        if options["json"]:
            self.stdout.write(json.dumps(_told(area, on, schemes, books), ensure_ascii=False))
        else:
            for line in _lines(schemes, books):
                self.stdout.write(line)
        lacking = [one.name for one in schemes if books[one.rulebook] and not one.carried_over_only]
        if lacking:
            raise CommandError(f"{area[:6]} 在 {on} 已开办而参数不齐: {'、'.join(lacking)}", returncode=1)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"日期“{text}”应写成 2026-11-05 这样", returncode=2) from None


def _lines(schemes: list[Scheme], books: dict[str, tuple[Missing, ...]]) -> list[str]:
    lines = []
    for book_id, absent in books.items():
        names = "、".join(one.name for one in schemes if one.rulebook == book_id)
        count = f"缺 {len(absent)} 项参数" if absent else "参数齐全"
        lines.append(f"{BOOKS[book_id].title}（{names}）: {count}")
        lines += [f"  {one.label or '没有声明'}  {one.path}" for one in absent]
    return lines


def _told(
    area: str, on: dt.date, schemes: list[Scheme], books: dict[str, tuple[Missing, ...]]
) -> dict[str, Any]:
    rows = [
        {
            "id": one.id,
            "rulebook": one.rulebook,
            "open": not one.carried_over_only,
            "missing": [{"path": absent.path, "label": absent.label} for absent in books[one.rulebook]],
        }
        for one in schemes
    ]
    return {"area": area, "on": on.isoformat(), "schemes": rows}
