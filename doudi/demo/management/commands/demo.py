"""`manage.py demo`: load the demo county if it is not there, and serve it."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from doudi.demo import loading
from doudi.demo.plan import DEFAULT_SEED, OPENS_ON
from doudi.demo.serving import HOST, Sites
from doudi.demo.staff import LOGINS, PASSWORD
from doudi.records.staff.models import Role
from doudi.store.refusal import Refusal
from doudi.store.today import today


class Command(BaseCommand):
    """装载演示县, 并打开经办系统和群众网站。全部数据都是编造的。"""

    help = "装载演示县 (已装好的直接用), 然后打开两个网站; --no-serve 只装不开"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="经办系统的端口, 群众网站用下一个")
        parser.add_argument("--scale", type=float, default=1, help="县的大小, 5 就是五倍")
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="随机种子, 同一个种子得同一个县")
        parser.add_argument("--no-serve", action="store_true", help="只装载, 不打开网站")
        parser.add_argument("--fresh", action="store_true", help="清掉已装的演示县, 从头再装")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["scale"] <= 0:
            raise CommandError("--scale 要大于零", returncode=2)
        try:
            self._load(options)
            if not options["no_serve"]:
                self._serve(options["port"])
        except Refusal as refusal:
            raise CommandError(refusal.text, returncode=1) from refusal

    def _load(self, options: dict[str, Any]) -> None:
        started = time.monotonic()
        if loading.prepare(fresh=options["fresh"]) == "loaded":
            loaded = loading.found()
            self.stdout.write(f"演示县已经装好 (种子 {loaded.seed}, {loaded.scale:g} 倍)。")
            if loaded.scale != options["scale"]:
                self.stdout.write("大小与这次要的不同; 要重装请加 --fresh。")
            return
        self.stdout.write(f"装载演示县: 种子 {options['seed']}, {options['scale']:g} 倍")
        loaded = loading.load(scale=options["scale"], seed=options["seed"], say=self._said(started))
        self.stdout.write(f"装好了, 用时 {time.monotonic() - started:.0f} 秒, 内容指纹 {loaded.digest[:16]}")

    def _said(self, started: float) -> loading.Say:
        return lambda text: self.stdout.write(f"  {time.monotonic() - started:5.1f} 秒  {text}")

    def _serve(self, port: int) -> None:
        self._print_logins(port)
        connections.close_all()
        sites = Sites(port)
        sites.start()
        self.stdout.write("已打开。按 Ctrl-C 停止。")
        self.stdout.flush()
        sites.watch()

    def _print_logins(self, port: int) -> None:
        write = self.stdout.write
        write(f"\n经办系统  http://{HOST}:{port}/")
        write(f"群众网站  http://{HOST}:{port + 1}/")
        write(f"演示日期  {today()} (从 {OPENS_ON} 开始; manage.py today YYYY-MM-DD 拨动)")
        write(f"口令      {PASSWORD} (全部登录相同; 数据都是编造的)\n")
        for login in LOGINS:
            write(f"  {login.username:<11} {Role(login.role).label} {login.name}")
        write("  其他乡镇: jingban-410482102 这样的登录, 后面是乡镇的九位代码\n")
