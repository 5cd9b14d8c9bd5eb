"""`manage.py audit verify|anchor`: is the trail whole; put down today's anchor."""

import datetime as dt
import json
from dataclasses import asdict
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from doudi.records.audit import anchor_files
from doudi.records.audit.models import Anchor
from doudi.records.audit.queries import verify
from doudi.records.audit.services import anchor
from doudi.store.today import today


class Command(BaseCommand):
    """核验审计链, 或落一个锚。Exit 0 whole or done, 1 with the faults on stderr, 2 wrong usage."""

    help = "verify: 核验审计链、查看记录和锚; anchor: 落一个锚并打印锚单"

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("verify", help="核验")
        check.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
        put = verbs.add_parser("anchor", help="落锚")
        put.add_argument("--by", required=True, metavar="LOGIN", help="审计管理员的登录名")
        put.add_argument("--on", type=dt.date.fromisoformat, help="日期, 默认为机关的今天")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "verify":
            self._verify(as_json=options["json"])
        else:
            self._anchor(options["by"], options["on"] or today())

    def _verify(self, *, as_json: bool) -> None:
        result = verify()
        if as_json:
            told = {"checked": result.checked, "faults": [asdict(fault) for fault in result.faults]}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self.stdout.write(f"核验 {result.checked} 件事, 发现 {len(result.faults)} 处不符")
        if result.faults:
            raise CommandError("\n".join(f"{fault.place}: {fault.message}" for fault in result.faults))

    def _anchor(self, login: str, on: dt.date) -> None:
        if not get_user_model()._default_manager.filter(username=login, is_active=True).exists():
            raise CommandError(f"没有登录名为 {login} 的在岗人员")
        self.stdout.write(slip(anchor(by=login, on=on)))


def slip(row: Anchor) -> str:
    """锚单: 打印后由另一个办公室保管。"""
    head = " ".join(row.head[start : start + 8] for start in range(0, 64, 8))
    lines = [
        f"审计锚  {row.day.isoformat()}",
        f"最后序号  {row.last_seq}",
        f"指纹  {head}",
        f"库的代次  {row.epoch}",
    ]
    lines += [f"资金合计 {name}  {json.dumps(told, ensure_ascii=False)}" for name, told in row.totals.items()]
    return "\n".join([*lines, f"文件  {anchor_files.name_of(row)}"])
