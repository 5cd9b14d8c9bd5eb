"""`manage.py work`: the worker process."""

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from doudi.records.jobs.worker import Rounds, stop_on, turn, work


class Command(BaseCommand):
    """做排队的长任务。Any number of these may run; each job is done by one of them."""

    help = "做排队的长任务, 清扫中断的任务, 定时封存查看记录; SIGTERM 后做完手上的再停"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="转一圈就结束")
        parser.add_argument("--pause", type=float, default=1.0, metavar="SECONDS", help="两圈之间歇几秒")

    def handle(self, *args: Any, **options: Any) -> None:
        rounds = Rounds(settings.PERIODIC)
        if options["once"]:
            self.stdout.write(f"做了 {turn(rounds)} 个任务")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop_on(stop))
        work(rounds, stop, options["pause"])
