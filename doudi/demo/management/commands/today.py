"""`manage.py today 2026-11-13`: move the demo's date, so that posting days pass."""

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from doudi.records.audit.services import record
from doudi.store.refusal import Refusal
from doudi.store.today import move_to, today


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}”不是日期, 请按 2026-11-13 这样写") from None


class Command(BaseCommand):
    """拨动演示日期; 不写日期就显示现在的日期。正式环境拒绝。"""

    help = "拨动演示日期, 例如 manage.py today 2026-11-13; 不写日期就显示"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("day", nargs="?", type=_day, help="新的日期, YYYY-MM-DD")
        parser.add_argument("--by", default="demo", help="谁拨的")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["day"] is not None:
            try:
                with transaction.atomic():
                    before = today()
                    move_to(options["day"])
                    record(by=options["by"], action="demo.today", subject="demo:today", before=before)
            except Refusal as refusal:
                raise CommandError(refusal.text, returncode=1) from refusal
        self.stdout.write(today().isoformat())
