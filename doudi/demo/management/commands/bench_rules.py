"""`manage.py bench_rules`: time the frozen model here and in two peers on the same files; writes var/bench/*.json."""

import shutil
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from doudi.demo.bench import figures
from doudi.demo.bench.rules.contenders import Contenders
from doudi.demo.bench.rules.measuring import RulesBench, Wanted
from doudi.demo.plan import DEFAULT_SEED

SIZES, RAISE_PERSONS = (100_000, 1_000_000, 10_000_000), 5_000_000


class Command(BaseCommand):
    """量规则: 同一份名册, 兜底与同行各自从文件和内存算到合计, 判官用整数对每一户。"""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sizes", type=int, nargs="+", default=[*SIZES], help="名册多少人")
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="随机种子")
        parser.add_argument("--rounds", type=int, default=2, help="几轮, 每轮各家都跑")
        parser.add_argument("--runs", type=int, default=3, help="每轮各跑几次")
        parser.add_argument(
            "--raise-persons", type=int, default=RAISE_PERSONS, help="提标测算的名册多少人, 0 不量"
        )
        parser.add_argument("--large", action="store_true", help="另量八千万人, 文件到文件")
        parser.add_argument("--spark", action="store_true", help="另量 Spark")
        parser.add_argument("--no-peers", action="store_true", help="不带同行和判官")

    def handle(self, *args: Any, **options: Any) -> None:
        """退出码: 0 全部量成 (不论达没达到目标), 1 有没量成的。"""
        if min([*options["sizes"], options["rounds"], options["runs"]]) < 1 or options["raise_persons"] < 0:
            raise CommandError("人数、轮数和次数至少是一", returncode=2)
        bench = self._bench(options)
        self.stdout.write(f"测量规则: 种子 {options['seed']}")
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

    def _bench(self, options: dict[str, Any]) -> RulesBench:
        wanted = Wanted(
            sizes=tuple(options["sizes"]), seed=options["seed"], rounds=options["rounds"], runs=options["runs"],
            raise_persons=options["raise_persons"], large=options["large"], spark=options["spark"],
            with_peers=not options["no_peers"],
        )  # fmt: skip
        results = Path(settings.VAR) / "bench"
        results.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix="rules-", dir=results))
        contenders = Contenders(Path(settings.ROOT), Path(settings.ROOT) / "var" / "peers")
        return RulesBench(contenders, work, results, wanted, say=self._say)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
