"""The payroll from the command line: the same verbs, the same refusals, as the pages."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from doudi.exchange.bank.formats import FORMATS
from doudi.law.money import yuan
from doudi.records.payments import queries, services
from doudi.records.payments.models import Approval, PayrollRun
from doudi.records.payments.periods import month_of
from doudi.records.staff.models import Role, User
from doudi.store.refusal import Refusal

BUILDS: dict[str, Callable[..., PayrollRun]] = {
    "regular": services.build,
    "backpay": services.build_backpay,
    "correction": services.build_correction,
}
VERBS = ("build", "lock", "approve", "export", "hand", "return", "close", "reopen")


class Command(BaseCommand):
    """发放: build 生成, lock 锁定, approve 审批, export 导出, hand 交银行, return 回盘, close 办结, reopen 退回重做。

    return 由两个人各办一次: 发放经办先传, 发放复核拿同一份文件核对入账。
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=VERBS)
        parser.add_argument("--scheme", required=True, help="救助项目, 如 dibao_rural")
        parser.add_argument("--month", required=True, help="月份, 如 2026-11")
        parser.add_argument(
            "--kind", default="regular", choices=sorted(BUILDS), help="当期、补发还是更正, 不写为当期"
        )
        parser.add_argument("--no", type=int, help="补发、更正的序号, 不写为这个月最后一次")
        parser.add_argument("--by", required=True, help="办理人的登录名")
        parser.add_argument("--file", type=Path, help="导出到哪个文件, 或回盘文件在哪里")
        parser.add_argument("--format", default="csv", choices=list(FORMATS))
        parser.add_argument("--reason", default="", help="退回重做的理由")
        parser.add_argument("--json", action="store_true", help="只打印一个 JSON, 金额为整数分")

    def handle(self, *args: Any, **options: Any) -> None:
        """退出码: 0 办成, 1 被拒并说明原因, 2 用法不对。"""
        verb = options["verb"]
        if verb in ("export", "return") and not options["file"]:
            raise CommandError(f"payroll {verb} 要用 --file 指明文件", returncode=2)
        user = User.objects.filter(username=options["by"], is_active=True).first()
        if user is None:
            raise CommandError(f"没有在岗的登录名 {options['by']}", returncode=2)
        try:
            month = month_of(options["month"])
            if verb == "build":
                run = BUILDS[options["kind"]](scheme=options["scheme"], month=month, by=user)
            else:
                run = _known(options["scheme"], month, options["kind"], options["no"])
                _VERBS[verb](run, user, options)
        except Refusal as refusal:
            raise CommandError(refusal.text, returncode=1) from refusal
        self._tell(run, as_json=options["json"])

    def _tell(self, run: PayrollRun, *, as_json: bool) -> None:
        run.refresh_from_db()
        found = queries.conservation(run)
        waiting = queries.open_interceptions(run)
        if as_json:
            facts = {
                "batch": run.batch_no,
                "state": run.state,
                "lines": run.lines_count,
                "total_fen": run.total_fen,
            }
            self.stdout.write(
                json.dumps(facts | {"open_interceptions": waiting} | asdict(found), ensure_ascii=False)
            )
            return
        self.stdout.write(
            f"{run.batch_no}: {run.get_state_display()}, {run.lines_count} 笔 {yuan(run.total_fen)} 元"
            + (f", 待处理拦截 {waiting} 条" if waiting else "")
            + (f", 成功 {found.paid.count} 笔, 未知 {found.unknown.count} 笔" if found.exported.count else "")
        )


def _known(scheme: str, month: int, kind: str, number: int | None) -> PayrollRun:
    runs = queries.runs().filter(scheme=scheme, month=month, kind=kind)
    run = (runs if number is None else runs.filter(correction_no=number)).last()
    if run is None:
        label = PayrollRun.Kind(kind).label
        raise Refusal(f"{scheme} {month} 还没有这个{label}批次, 请先生成")
    return run


def _approve(run: PayrollRun, by: User, options: dict[str, Any]) -> None:
    step = Approval.Step.REVIEW if by.role == Role.PAY_REVIEWER else Approval.Step.APPROVE
    services.approve(run, step, by)


def _export(run: PayrollRun, by: User, options: dict[str, Any]) -> None:
    _, content = services.export(run, options["format"], by)
    options["file"].write_bytes(content)


def _return(run: PayrollRun, by: User, options: dict[str, Any]) -> None:
    path: Path = options["file"]
    if not path.is_file():
        raise CommandError(f"没有文件 {path.name}", returncode=2)
    services.take_return(run, path.read_bytes(), path.name, by)


_VERBS: dict[str, Callable[[PayrollRun, User, dict[str, Any]], Any]] = {
    "lock": lambda run, by, _: services.lock(run, by),
    "approve": _approve,
    "export": _export,
    "hand": lambda run, by, _: services.hand_over(run, by),
    "return": _return,
    "close": lambda run, by, _: services.close(run, by),
    "reopen": lambda run, by, options: services.reopen(run, options["reason"], by),
}
