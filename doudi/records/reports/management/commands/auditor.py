"""`manage.py auditor`: a second pair of eyes on the money."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from doudi.records.reports.auditor import RULES, differences


class Command(BaseCommand):
    """从原始行重算账簿、发放和决定, 报告每一处对不上。Exit 0 none, 1 with the differences on stderr, 2 wrong usage."""

    help = "只读: 从分录、发放行、决定重算各项合计, 报告每一处对不上"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(differences())
        if options["json"]:
            told = {"rules": list(RULES), "differences": [asdict(one) for one in found]}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self.stdout.write(f"按 {len(RULES)} 条规矩重算, {len(found)} 处对不上")
        if found:
            raise CommandError("\n".join(map(str, found)))
