"""`manage.py bench`: measure the demo county on SQLite and PostgreSQL, beside a peer, and write var/bench/*.json."""

import shutil
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from doudi.demo.bench import figures
from doudi.demo.bench.counties import GROUNDS
from doudi.demo.bench.measuring import Bench, Wanted
from doudi.demo.plan import DEFAULT_SEED


class Command(BaseCommand):
    """量演示县: 装载、测算、发放、统计、页面、内存。用的都是临时的县, 已装的演示县不动。"""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scale", type=float, default=1, help="县的大小")
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="随机种子")
        parser.add_argument("--databases", nargs="+", choices=[*GROUNDS], default=[*GROUNDS])
        parser.add_argument("--load-runs", type=int, default=3, help="装载几次, 取中位数")
        parser.add_argument("--runs", type=int, default=5, help="其余各步几次, 取中位数")
        parser.add_argument("--clerks", type=int, default=20, help="几名经办同时办")
        parser.add_argument("--seconds", type=float, default=90, help="经办办多少秒")
        parser.add_argument("--months", type=int, default=24, help="县里发过几个月的款 (名单不用两年的)")
        parser.add_argument("--only", default="", help="只量一步: 重新测算 月统计 提标测算 发放 页面 名单")
        parser.add_argument("--no-peer", action="store_true", help="不带同行 (OpenFisca)")

    def handle(self, *args: Any, **options: Any) -> None:
        """退出码: 0 全部量成 (不论达没达到目标), 1 有没量成的。"""
        if options["scale"] <= 0 or min(options["load_runs"], options["runs"], options["clerks"]) < 1:
            raise CommandError("--scale 要大于零, 次数和人数至少是一", returncode=2)
        bench = self._bench(options)
        self.stdout.write(f"测量: 种子 {options['seed']}, {options['scale']:g} 倍")
        try:
            bench.run()
        finally:
            shutil.rmtree(bench.work, ignore_errors=True)
        self._report(bench)
        if bench.failed:
            raise CommandError("\n".join(bench.failed), returncode=1)

    def _bench(self, options: dict[str, Any]) -> Bench:
        wanted = Wanted(
            scale=options["scale"], seed=options["seed"], databases=tuple(dict.fromkeys(options["databases"])),
            load_runs=options["load_runs"], runs=options["runs"], clerks=options["clerks"],
            seconds=options["seconds"], with_peer=not options["no_peer"],
            months=options["months"], only=options["only"],
        )  # fmt: skip
        results = Path(settings.VAR) / "bench"
        results.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix="work-", dir=results))
        return Bench(Path(settings.ROOT), work, results, wanted, say=self._say)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _report(self, bench: Bench) -> None:
        at = bench.at
        self.stdout.write(
            f"\n代码 {at.commit}, {at.measured_at:%Y-%m-%d %H:%M}, {at.cpus} 核, "
            f"开始前一分钟平均负载 {at.load_average:g}\n"
        )
        self.stdout.write(figures.table(bench.found))
