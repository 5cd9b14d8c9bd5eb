"""A bank that pays nobody: it reads an export and answers with the mix asked for. For the demo, tests and the guide."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import xlsxwriter

from doudi.exchange.bank.batches import RETURN_HEADER, TOTAL_LABEL, BankBatch, Outcome, ReturnLine
from doudi.exchange.bank.fixed_width import layout
from doudi.exchange.bank.fixed_width.parse import RESULTS
from doudi.law.money import plain_yuan

REASONS = ("账户已销户", "户名与账号不符", "账号不存在", "账户状态异常")


class TooManyAnswers(ValueError):
    """要的笔数比文件里的多。"""


@dataclass(frozen=True, slots=True)
class Mix:
    """要银行怎么答：成功、失败、退票、不答各几笔；成功没有说的，是其余全部。

    `files` 分成几份回盘，`later` 是先说成功、后来另一份文件里又退票的笔数。
    """

    paid: int | None = None
    failed: int = 0
    bounced: int = 0
    silent: int = 0
    files: int = 1
    later: int = 0
    seed: int = 0


def answers(batch: BankBatch, mix: Mix, on: date) -> list[list[ReturnLine]]:
    """各份回盘的行：前几份合起来各答一次，有后来退票的最后另有一份。同一颗种子同样的回答。

    Raises TooManyAnswers.
    """
    chance = random.Random(mix.seed)  # noqa: S311 (a pretended bank, not a secret)
    outcomes = _outcomes(len(batch.lines), mix)
    chance.shuffle(outcomes)
    told = [
        _line(batch, place, outcome, chance, on)
        for place, outcome in enumerate(outcomes)
        if outcome is not None
    ]
    chance.shuffle(told)
    parts = [told[place :: mix.files] for place in range(mix.files)]
    paid = [line for line in told if line.outcome is Outcome.PAID]
    if mix.later > len(paid):
        raise TooManyAnswers(f"先成功后退票的要 {mix.later} 笔，成功的只有 {len(paid)} 笔")
    late = [_again(line, chance) for line in chance.sample(paid, mix.later)]
    return [part for part in [*parts, late] if part]


def _outcomes(size: int, mix: Mix) -> list[Outcome | None]:
    asked = mix.failed + mix.bounced + mix.silent
    paid = max(size - asked, 0) if mix.paid is None else mix.paid
    if asked + paid > size:
        raise TooManyAnswers(f"文件里有 {size} 笔，要答 {asked + paid} 笔")
    found: list[Outcome | None] = [Outcome.PAID] * paid
    found += [Outcome.FAILED] * mix.failed + [Outcome.BOUNCED] * mix.bounced
    return found + [None] * (size - len(found))


def _line(batch: BankBatch, place: int, outcome: Outcome, chance: random.Random, on: date) -> ReturnLine:
    sent = batch.lines[place]
    reason = "" if outcome is Outcome.PAID else chance.choice(REASONS)
    day = None if outcome is Outcome.FAILED else on
    return ReturnLine(0, batch.batch_no, sent.line_no, sent.account, sent.amount_fen, outcome, reason, day)


def _again(line: ReturnLine, chance: random.Random) -> ReturnLine:
    return ReturnLine(
        0, line.batch_no, line.line_no, line.account, line.amount_fen, Outcome.BOUNCED, chance.choice(REASONS),
        line.credited_on,
    )  # fmt: skip


def write_return(format_id: str, batch_no: str, lines: Sequence[ReturnLine]) -> bytes:
    """按一种银行格式写成回盘文件，末行是合计。"""
    return _WRITERS[format_id](batch_no, lines)


def _rows(lines: Sequence[ReturnLine]) -> Iterator[tuple[str, ...]]:
    yield RETURN_HEADER
    for one in lines:
        day = one.credited_on.isoformat() if one.credited_on else ""
        amount = plain_yuan(one.amount_fen)
        yield one.batch_no, str(one.line_no), one.account, amount, str(one.outcome), one.reason, day
    yield TOTAL_LABEL, str(len(lines)), "", plain_yuan(sum(one.amount_fen for one in lines)), "", "", ""


def _text(charset: str) -> Callable[[str, Sequence[ReturnLine]], bytes]:
    def write(batch_no: str, lines: Sequence[ReturnLine]) -> bytes:
        page = io.StringIO(newline="")
        csv.writer(page, lineterminator="\r\n").writerows(_rows(lines))
        return page.getvalue().encode(charset)

    return write


def _sheet(batch_no: str, lines: Sequence[ReturnLine]) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet("回盘")
    for row, values in enumerate(_rows(lines)):
        for column, value in enumerate(values):
            page.write_string(row, column, value)
    book.close()
    return content.getvalue()


def _fixed(batch_no: str, lines: Sequence[ReturnLine]) -> bytes:
    codes = {outcome: code for code, outcome in RESULTS.items()}
    foot = str(len(lines)), str(sum(one.amount_fen for one in lines))
    records = [layout.written("H", layout.HEAD, (batch_no, *foot), "批次号")]
    for one in lines:
        day = f"{one.credited_on:%Y%m%d}" if one.credited_on else ""
        values = str(one.line_no), one.account, str(one.amount_fen), codes[one.outcome], one.reason, day
        records.append(layout.written("R", layout.ANSWER, values, f"第 {one.line_no} 行"))
    return b"".join([*records, layout.written("T", layout.FOOT, foot, "合计")])


_WRITERS: dict[str, Callable[[str, Sequence[ReturnLine]], bytes]] = {
    "csv": _text("utf-8-sig"), "gb18030": _text("gb18030"), "gbk": _text("gbk"), "fixed": _fixed, "xlsx": _sheet,
}  # fmt: skip
