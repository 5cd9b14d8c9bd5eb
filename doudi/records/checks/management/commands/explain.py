"""`manage.py explain --household NO --month YYYY-MM`: why this amount, line by line."""

import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from doudi.law.evaluation import Outcome, Step
from doudi.law.money import yuan
from doudi.records.checks.management.commands.assess import month_number
from doudi.records.checks.rolls import explanation
from doudi.records.people.models import Household
from doudi.store.refusal import Refusal


class Command(BaseCommand):
    """把一户某月的金额逐步算给人看。Exit 0 done, 1 refused, 2 wrong usage."""

    help = "逐步说明一户某月的保障金额: 算式、参数、文号、条款"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--household", required=True, metavar="NO", help="户编号")
        parser.add_argument("--month", required=True, help="月份, 如 2026-11")
        parser.add_argument("--json", action="store_true", help="只打印一个 JSON 对象, 金额为整数分")

    def handle(self, *args: Any, **options: Any) -> None:
        household = Household.objects.filter(no=options["household"]).first()
        if household is None:
            raise CommandError(f"没有户 {options['household']}", returncode=2)
        month = month_number(options["month"])
        try:
            outcome = explanation(household, dt.date(month // 100, month % 100, 1))
        except Refusal as refusal:
            raise CommandError(refusal.text) from refusal
        if options["json"]:
            self.stdout.write(
                json.dumps(as_json(household.no, options["month"], outcome), ensure_ascii=False)
            )
            return
        for step in outcome.steps:
            self.stdout.write("\n".join(told(step)))
        total = sum(part.amount_fen for part in outcome.pays)
        self.stdout.write(f"户 {household.no} {options['month']} 每月合计 {yuan(total)} 元")


def told(step: Step) -> list[str]:
    """一步写成几行: 名称与结果, 算式与条款, 所用参数。"""
    lines = [f"{step.title}: {step.text}", f"    {step.arithmetic}  [{step.cite}]"]
    return lines + [
        f"    {used.label} {used.text} ({used.since.isoformat()} 起, {used.document} {used.article})".rstrip()
        for used in step.parameters
    ]


def as_json(no: str, month: str, outcome: Outcome) -> dict[str, Any]:
    """合计、应付各项和每一步; 金额为整数分。"""
    steps = [
        {
            "name": step.name, "entity": step.entity.name, "key": step.key, "title": step.title, "value": step.value,
            "arithmetic": step.arithmetic, "cite": step.cite,
            "parameters": [{"path": p.path, "text": p.text, "document": p.document, "article": p.article,
                            "since": p.since.isoformat()} for p in step.parameters],
        }
        for step in outcome.steps
    ]  # fmt: skip
    pays = [
        {"name": p.name, "entity": p.entity, "key": p.member_key, "amount_fen": p.amount_fen}
        for p in outcome.pays
    ]
    total = sum(p.amount_fen for p in outcome.pays)
    return {"household": no, "month": month, "total_fen": total, "pays": pays, "steps": steps}
