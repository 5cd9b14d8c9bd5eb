"""`manage.py assess --month YYYY-MM`: the roll of a month through the rulebook again."""

import datetime as dt
import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from doudi.law.money import yuan
from doudi.records.areas.models import Area
from doudi.records.checks.rolls import reassess
from doudi.records.policies.rulebooks import standing

TOLD = 20


class Command(BaseCommand):
    """整批重算在册家庭, 与在享金额对照; 不改记录。Exit 0 done, 2 wrong usage."""

    help = "把某月在册的家庭按规则书整批重算, 与在享金额对照"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--month", required=True, help="月份, 如 2026-11")
        parser.add_argument("--area", default="", metavar="CODE", help="区划代码, 不写为全县")
        parser.add_argument("--json", action="store_true", help="只打印一个 JSON 对象, 金额为整数分")

    def handle(self, *args: Any, **options: Any) -> None:
        area = (options["area"] or settings.COUNTY).ljust(12, "0")
        if not Area.objects.filter(code=area).exists():
            raise CommandError(f"没有区划 {area}", returncode=2)
        month = month_number(options["month"])
        told = reassess(month, area)
        rules = standing("dibao", area, dt.date(month // 100, month % 100, 1))
        if options["json"]:
            rows = [
                {"household": no, "awarded_fen": was, "assessed_fen": now} for no, was, now in told.differing
            ]
            counts = {
                name: getattr(told, name)
                for name in ("households", "eligible", "awarded_fen", "assessed_fen")
            }
            self.stdout.write(
                json.dumps(
                    {
                        "month": options["month"],
                        "area": area,
                        "rulebook": rules.book.id,
                        "rulebook_version": rules.edition.version,
                        "parameters_hash": rules.digest,
                        **counts,
                        "differing": rows,
                    },
                    ensure_ascii=False,
                )
            )
            return
        self.stdout.write(
            f"重算 {told.households} 户, 符合条件 {told.eligible} 户; 在享 {yuan(told.awarded_fen)} 元, "
            f"重算 {yuan(told.assessed_fen)} 元, 不同的 {len(told.differing)} 户"
        )
        self.stdout.write(
            f"规则版本 {rules.edition.version}, 参数指纹 {rules.digest[:12]}; 执行的 SQL 在经办系统 "
            f"/canshu/guize/?book={rules.book.id}&on={rules.on}&ye=sql"
        )
        for no, was, now in told.differing[:TOLD]:
            self.stdout.write(f"  户 {no}: 在享 {yuan(was)}, 重算 {yuan(now)}")


def month_number(text: str) -> int:
    """2026-11 读成 202611。Raises CommandError for anything else."""
    year, dash, month = text.partition("-")
    plain = len(year) == 4 and len(month) == 2 and (year + month).isascii() and (year + month).isdigit()
    if not (plain and dash and 1 <= int(month) <= 12 and int(year) >= 1900):
        raise CommandError(f"月份“{text}”应写成 2026-11 这样", returncode=2)
    return int(year + month)
