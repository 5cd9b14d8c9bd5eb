"""`manage.py simulate --set PATH=VALUE --month YYYY-MM`: what a change of policy would do, before anybody makes it."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from doudi.law.money import yuan
from doudi.records.areas.models import Area
from doudi.records.checks.management.commands.assess import month_number
from doudi.records.checks.simulating import Question, Simulated, simulate
from doudi.records.checks.weighing import MOVES
from doudi.store.refusal import Refusal


class Command(BaseCommand):
    """测算一次参数改动, 不改记录。Exit 0 done, 1 refused with the reason, 2 wrong usage."""

    help = "改参数之前先测算: 多少户进、出、增、减, 每月每年多少钱; 不改任何记录"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--set", action="append", required=True, dest="changes", metavar="PATH=VALUE",
            help="改哪项参数, 写法与政策包相同, 金额和比例可写 +5%%; 可写几次",
        )  # fmt: skip
        parser.add_argument("--month", required=True, help="月份, 如 2027-01")
        parser.add_argument("--area", default="", metavar="CODE", help="区划代码, 不写为全县")
        parser.add_argument(
            "--round-to", type=int, default=1, metavar="YUAN", help="按百分比提标时取整到几元, 不写为 1"
        )
        parser.add_argument("--json", action="store_true", help="只打印一个 JSON 对象, 金额为整数分")

    def handle(self, *args: Any, **options: Any) -> None:
        area = (options["area"] or settings.COUNTY).ljust(12, "0")
        if not Area.objects.filter(code=area).exists():
            raise CommandError(f"没有区划 {area}", returncode=2)
        if not 1 <= options["round_to"] <= 1000:
            raise CommandError("--round-to 应在 1 到 1000 元之间", returncode=2)
        changes = tuple(change(text) for text in options["changes"])
        question = Question(area, month_number(options["month"]), changes, options["round_to"] * 100)
        try:
            told = simulate(question)
        except Refusal as refusal:
            raise CommandError(refusal.text) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(told.as_json(), ensure_ascii=False))
        else:
            self.stdout.write("\n".join(lines(told)))


def change(text: str) -> tuple[str, str]:
    """PATH=VALUE 拆成两半。Raises CommandError for anything else."""
    path, equals, value = text.partition("=")
    if not equals or not path.strip() or not value.strip():
        raise CommandError(f"--set“{text}”应写成 参数路径=新值, 如 dibao.standard.rural=6174", returncode=2)
    return path.strip(), value.strip()


def lines(told: Simulated) -> list[str]:
    """给人看的几行。"""
    figures = told.figures
    said = [f"{one.label}: {one.before or '没有取值'} → {one.after}" for one in told.changes]
    for label, side in (("改前", "before"), ("改后", "after")):
        sums = figures[side]
        year = figures["year"][f"{side}_fen"]
        said.append(
            f"{label} {sums['households']:,} 户 {sums['persons']:,} 人, 每月 {yuan(sums['amount_fen'])} 元, "
            f"全年 {yuan(year)} 元"
        )
    moves = figures["moves"]
    said.append("、".join(f"{label} {moves[name]['households']:,} 户" for name, label in MOVES.items()))
    return said
