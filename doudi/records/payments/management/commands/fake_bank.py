"""A bank to practise with: it reads what was exported and answers as it is told to. No money, no network."""

import datetime as dt
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from doudi.exchange.bank.batches import BankFileRefused
from doudi.exchange.bank.fake_bank import Mix, TooManyAnswers, answers, write_return
from doudi.exchange.bank.formats import FORMATS, kind_of
from doudi.exchange.sheets.guard import UploadRefused
from doudi.store.today import today


class Command(BaseCommand):
    """假银行: 读一份代发文件, 按要的笔数答成功、失败、退票、不答, 写成回盘。只供演示和测试。"""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="代发文件, 哪种格式都可以")
        parser.add_argument("--paid", type=int, help="成功几笔; 不写是其余全部")
        parser.add_argument("--failed", type=int, default=0, help="失败几笔")
        parser.add_argument("--bounced", type=int, default=0, help="退票几笔")
        parser.add_argument("--silent", type=int, default=0, help="不答几笔")
        parser.add_argument("--later", type=int, default=0, help="先成功、后来另一份文件里退票几笔")
        parser.add_argument("--files", type=int, default=1, help="分成几份回盘")
        parser.add_argument("--seed", type=int, default=0, help="同一颗种子同样的回答")
        parser.add_argument("--on", type=dt.date.fromisoformat, help="入账日期, 不写是今天")
        parser.add_argument("-o", "--out", type=Path, help="写到哪里; 几份的在名字后加 -1、-2")

    def handle(self, *args: Any, **options: Any) -> None:
        """退出码: 0 写好, 1 文件读不了, 2 用法不对。"""
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"没有文件 {path.name}", returncode=2)
        content = path.read_bytes()
        kind = kind_of(content, path.name)
        try:
            batch = FORMATS[kind].parse_export(content)
        except (BankFileRefused, UploadRefused) as refused:
            raise CommandError(refused.text, returncode=1) from refused
        try:
            parts = answers(batch, _mix(options), options["on"] or today())
        except (TooManyAnswers, ValueError) as error:
            raise CommandError(str(error), returncode=2) from error
        out: Path = options["out"] or path.with_name(f"{path.stem}-huipan{path.suffix}")
        for place, lines in enumerate(parts, 1):
            name = out if len(parts) == 1 else out.with_name(f"{out.stem}-{place}{out.suffix}")
            name.write_bytes(write_return(kind, batch.batch_no, lines))
            self.stdout.write(f"{name}: {len(lines)} 笔")


def _mix(options: dict[str, Any]) -> Mix:
    names = ("paid", "failed", "bounced", "silent", "later", "files", "seed")
    given = {name: options[name] for name in names}
    if any(value is not None and value < 0 for value in given.values()) or given["files"] < 1:
        raise ValueError("笔数不能是负数, 至少一份文件")
    return Mix(**given)
