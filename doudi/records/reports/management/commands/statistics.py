"""`manage.py statistics --month YYYY-MM --area CODE`: the month's figures for a place."""

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from doudi.records.areas.models import Area
from doudi.records.payments.periods import month_of
from doudi.records.reports.queries import statistics
from doudi.records.reports.sheets import table_text, workbook
from doudi.store.refusal import Refusal
from doudi.store.today import today


class Command(BaseCommand):
    """打印一个地方一个月的统计。Exit 0 done, 1 refused, 2 wrong usage."""

    help = "月报: 各项目的户、人、金额、新增、退出、覆盖率"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--month", required=True, help="月份, 如 2026-11")
        parser.add_argument(
            "--area", required=True, metavar="CODE", help="区划代码: 县 6 位、乡镇 9 位或村 12 位"
        )
        parser.add_argument("--format", choices=("json", "xlsx", "table"), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        area = options["area"].ljust(12, "0")
        if not Area.objects.filter(code=area).exists():
            raise CommandError(f"没有区划 {options['area']}", returncode=2)
        try:
            month = month_of(options["month"])
        except Refusal as refusal:
            raise CommandError(refusal.text, returncode=2) from refusal
        told = statistics(month, area)
        if options["format"] == "xlsx":
            self._binary(workbook(told, month, on=today(), demo=settings.DEMO))
        elif options["format"] == "json":
            self.stdout.write(json.dumps(told.as_json(), ensure_ascii=False))
        else:
            self.stdout.write(table_text(told))

    def _binary(self, content: bytes) -> None:
        if sys.stdout.isatty():
            raise CommandError("xlsx 不能打印在屏幕上, 请用 > 月报.xlsx 存成文件", returncode=2)
        sys.stdout.buffer.write(content)
