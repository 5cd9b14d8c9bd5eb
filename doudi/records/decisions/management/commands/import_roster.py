"""`manage.py import_roster FILE`: read a roll, say what is wrong with it, or take all of it in."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from doudi.law.money import yuan
from doudi.records.areas.models import Area
from doudi.records.decisions import rosters
from doudi.records.decisions.models import RosterImport
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal
from doudi.store.today import today

TOLD = 50


class Command(BaseCommand):
    """核对一份名册 (不写库); 加 --commit 入库。Exit 0 done, 1 refused with reasons on stderr, 2 wrong usage."""

    help = "核对花名册, 加 --commit 整份入库: 建户、建人、带入待遇"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="xlsx 或 csv 文件")
        parser.add_argument("--scheme", required=True, help="救助项目, 如 dibao_rural")
        parser.add_argument(
            "--area", required=True, metavar="CODE", help="区划代码: 县 6 位、乡镇 9 位或村 12 位"
        )
        parser.add_argument("--commit", action="store_true", help="入库; 不写时只核对")
        parser.add_argument("--by", metavar="LOGIN", help="入库人的登录名, 入库时必填")
        parser.add_argument("--note", default="", help="名册写着的合计与算出来的不一致时的说明")
        parser.add_argument("--json", action="store_true", help="只打印一个 JSON 对象, 金额为整数分")

    def handle(self, *args: Any, **options: Any) -> None:
        area = Area.objects.filter(code=options["area"].ljust(12, "0")).first()
        if area is None:
            raise CommandError(f"没有区划 {options['area']}", returncode=2)
        if not options["file"].is_file():
            raise CommandError(f"没有文件 {options['file']}", returncode=2)
        given = {
            "data": options["file"].read_bytes(), "filename": options["file"].name,
            "scheme_id": options["scheme"], "area": area, "on": today(),
        }  # fmt: skip
        try:
            if options["commit"]:
                self._commit(given, options)
            else:
                self._preview(given, as_json=options["json"])
        except rosters.RosterFaulty as faulty:
            raise CommandError("\n".join([faulty.text, *lines(faulty.errors)])) from faulty
        except Refusal as refusal:
            raise CommandError(refusal.text) from refusal

    def _preview(self, given: dict[str, Any], *, as_json: bool) -> None:
        checked = rosters.preview(**given)
        values = rosters.outcome(checked)
        findings = values.pop("findings")
        told = values | findings | {"sha256": checked.roster.sha256, "committed": False}
        self._tell(told, as_json=as_json)
        if checked.errors:
            raise CommandError("\n".join([f"名册有 {len(checked.errors)} 处错误", *lines(checked.errors)]))

    def _commit(self, given: dict[str, Any], options: dict[str, Any]) -> None:
        by = User.objects.filter(username=options["by"] or "", is_active=True).first()
        if by is None:
            raise CommandError("入库要用 --by 写明在岗人员的登录名", returncode=2)
        row = rosters.receive(**given, by=by)
        already = row.state == RosterImport.State.DONE
        row = rosters.commit(row=row, by=by, on=given["on"], note=options["note"])
        told = {
            name: getattr(row, name) for name in ("state", "households", "persons", "amount_fen", "sha256")
        }
        told |= row.findings | {
            "committed": True,
            "already": already,
            "receipt": row.pk,
            "imported_by": row.imported_by,
        }
        self._tell(told | {"imported_on": row.imported_on}, as_json=options["json"])

    def _tell(self, told: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(told, ensure_ascii=False, default=str))
            return
        self.stdout.write(f"{told['households']} 户 {told['persons']} 人, 每月 {yuan(told['amount_fen'])} 元")
        for one in told["contradictions"]:
            self.stdout.write(f"不一致: {one['sheet']} {one['text']}")
        again = told["again"]
        if again["counted"]:
            self.stdout.write(f"复算了 {again['counted']} 户, 与名册不同的 {again['differing']} 户")
        if told.get("already"):
            self.stdout.write(
                f"这份名册已由 {told['imported_by']} 在 {told['imported_on']} 入库, 这次不起作用"
            )
        elif told["committed"]:
            self.stdout.write(f"已入库, 回执号 {told['receipt']}")


def lines(errors: list[Any]) -> list[str]:
    """错误逐条写: 表、行、列、规则、说明; 多于五十条只写前五十条。"""
    shown = [f"{one.sheet} 第 {one.row} 行 {one.column} 列 [{one.rule}] {one.text}" for one in errors[:TOLD]]
    return shown + ([f"……另有 {len(errors) - TOLD} 条"] if len(errors) > TOLD else [])
