"""`manage.py bench_payments`: a month's money on SQLite, on PostgreSQL and in a peer; writes var/bench/*.json."""

import shutil
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from doudi.demo.bench import figures
from doudi.demo.bench.counties import GROUNDS
from doudi.demo.bench.payments.measuring import PaymentsBench, Wanted

SIZES = (1_000, 3_000, 40_000)


class Command(BaseCommand):
    """量发放: 同样多的待遇, 生成、锁定、审批、导出、回盘, 数对了才算时间。用的都是临时的县。"""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--awards", type=int, nargs="+", default=[*SIZES], help="多少份待遇")
        parser.add_argument("--databases", nargs="+", choices=[*GROUNDS], default=[*GROUNDS])
        parser.add_argument("--rounds", type=int, default=3, help="几轮, 每轮各家都跑; 取中位数")
        parser.add_argument("--no-peer", action="store_true", help="不带同行 (openIMIS)")

    def handle(self, *args: Any, **options: Any) -> None:
        """退出码: 0 全部量成而且都数对了 (不论达没达到目标), 1 有没量成的或数错的。"""
        if min([*options["awards"], options["rounds"]]) < 1:
            raise CommandError("份数和轮数至少是一", returncode=2)
        bench = self._bench(options)
        try:
            bench.run()
        finally:
            shutil.rmtree(bench.work, ignore_errors=True)
        at = bench.at
        self.stdout.write(
            f"\n代码 {at.commit}, {at.measured_at:%Y-%m-%d %H:%M}, {at.cpus} 核, "
            f"开始前一分钟平均负载 {at.load_average:g}\n"
        )
        self.stdout.write(figures.table(bench.found))
        if bench.failed:
            raise CommandError("\n".join(bench.failed), returncode=1)

    def _bench(self, options: dict[str, Any]) -> PaymentsBench:
        wanted = Wanted(
            sizes=tuple(options["awards"]),
            databases=tuple(dict.fromkeys(options["databases"])),
            rounds=options["rounds"],
            with_peer=not options["no_peer"],
        )
        results = Path(settings.VAR) / "bench"
        results.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix="payments-", dir=results))
        return PaymentsBench(Path(settings.ROOT), work, results, wanted, say=self._say)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
