"""`manage.py ledger export`: the whole ledger as text another program can add up again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from doudi.records.ledger.queries import FORMATS, exported


class Command(BaseCommand):
    """导出账簿到标准输出。Exit 0 done, 2 wrong usage."""

    help = "export --format hledger|beancount: 导出账簿, 供 hledger check -s 或 bean-check 重新核算"

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        export = verbs.add_parser("export", help="导出")
        export.add_argument("--format", choices=sorted(FORMATS), required=True, help="文本格式")

    def handle(self, *args: Any, **options: Any) -> None:
        for piece in exported(options["format"]):
            self.stdout.write(piece, ending="")
