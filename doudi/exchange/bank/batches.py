"""代发批次与回盘：各家格式共用的行、清点数与拒收原因。"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from doudi.law.masking import mask_name
from doudi.law.money import plain_yuan

EXPORT_HEADER = ("批次号", "序号", "户名", "账号", "金额", "摘要")
RETURN_HEADER = ("批次号", "序号", "账号", "金额", "结果", "失败原因", "入账日期")
TOTAL_LABEL = "合计"
MAX_TOTAL_FEN = 99_999_999_999
FORMULA_MARKS = tuple("=+-@\t\r＝＋－＠")


class BankFileRefused(Exception):
    """整份银行文件不能用：code 是原因代号，text 给经办人看。"""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code, text)
        self.code = code
        self.text = text

    def __str__(self) -> str:
        return self.text


class BankCharset(BankFileRefused):
    """有字写不进银行要的编码：说明第几行、谁、哪个字，绝不换成问号。"""


class BankTextUnsafe(BankFileRefused):
    """户名、账号或摘要里有控制字符，或开头像表格公式，银行程序会读错。"""


class BankBatchUnfit(BankFileRefused):
    """批次本身不能导出：没有行、序号重复、金额不是正数、总额过大或账号为空。"""


class Outcome(StrEnum):
    """银行说的结果。"""

    PAID = "成功"
    FAILED = "失败"
    BOUNCED = "退票"


@dataclass(frozen=True, slots=True)
class BankLine:
    """代发文件的一行，金额单位分。"""

    line_no: int
    name: str
    account: str
    amount_fen: int
    memo: str


@dataclass(frozen=True, slots=True)
class BankBatch:
    """要交给银行的一批。"""

    batch_no: str
    lines: tuple[BankLine, ...]

    @property
    def total_fen(self) -> int:
        """总额（分）。"""
        return sum(line.amount_fen for line in self.lines)


@dataclass(frozen=True, slots=True)
class SlipFacts:
    """交接单上印的三个数：笔数、总额（分）、文件的 sha256。"""

    count: int
    total_fen: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """回盘的一行；row 是文件里的行号，金额单位分。"""

    row: int
    batch_no: str
    line_no: int
    account: str
    amount_fen: int
    outcome: Outcome
    reason: str
    credited_on: date | None


@dataclass(frozen=True, slots=True)
class ReturnError:
    """回盘里的一处行错误；有任何一处，整份回盘都不入账。"""

    row: int
    column: str
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class ReturnSheet:
    """读好的回盘：errors 为空才可入账；stated_* 是文件末行写着的合计，没有末行时为 None。"""

    sha256: str
    batch_no: str
    lines: tuple[ReturnLine, ...]
    errors: tuple[ReturnError, ...]
    stated_count: int | None
    stated_total_fen: int | None


def slip_facts(batch: BankBatch, content: bytes) -> SlipFacts:
    """算出交接单的三个数。"""
    return SlipFacts(len(batch.lines), batch.total_fen, hashlib.sha256(content).hexdigest())


def export_rows(batch: BankBatch) -> Iterator[tuple[str, ...]]:
    """代发文件的全部行：表头、明细、合计；金额写成元、两位小数。"""
    yield EXPORT_HEADER
    for line in batch.lines:
        number, amount = str(line.line_no), plain_yuan(line.amount_fen)
        yield batch.batch_no, number, line.name, line.account, amount, line.memo
    yield TOTAL_LABEL, str(len(batch.lines)), "", "", plain_yuan(batch.total_fen), ""


def check_batch(batch: BankBatch, charset: str) -> None:
    """导出之前逐行核对；有一处不合格就整批不出。

    Raises BankBatchUnfit, BankTextUnsafe, BankCharset. charset is the name Python knows it by.
    """
    if not batch.lines:
        raise BankBatchUnfit("empty", "这一批没有可发放的行，没有生成文件。")
    if len({line.line_no for line in batch.lines}) != len(batch.lines):
        raise BankBatchUnfit("line_no", "这一批里有重复的序号，没有生成文件。")
    if batch.total_fen > MAX_TOTAL_FEN:
        raise BankBatchUnfit("total", "这一批的总额超过九位整数元，不像一个县的代发批次，没有生成文件。")
    for text in (batch.batch_no, *(line.memo for line in batch.lines)):
        _check_text(text, charset, "批次号或摘要")
    for line in batch.lines:
        _check_line(line, charset)


def _check_line(line: BankLine, charset: str) -> None:
    who = f"第 {line.line_no} 行 {line.name}"
    if line.amount_fen <= 0:
        raise BankBatchUnfit("amount", f"{who}的金额不是正数，没有生成文件。")
    if not (line.account.isascii() and line.account.isdigit()):
        raise BankBatchUnfit(
            "account", f"第 {line.line_no} 行 {mask_name(line.name)}的账号为空或不是数字，没有生成文件。"
        )
    if not line.name.strip():
        raise BankBatchUnfit("name", f"第 {line.line_no} 行没有户名，没有生成文件。")
    _check_text(line.name, charset, who)


def _check_text(text: str, charset: str, where: str) -> None:
    try:
        text.encode(charset)
    except UnicodeEncodeError as error:
        lost = text[error.start]
        shown = lost if lost.isprintable() else f"U+{ord(lost):04X}"
        safe = where.encode("utf-8", "replace").decode()
        why = f"{safe}：“{shown}”这个字不能用 {charset.upper()} 编码写出，没有生成文件。"
        raise BankCharset("charset", why + "请与银行商定这个字的写法，或改用其他格式。") from error
    if any(unicodedata.category(ch) in ("Cc", "Zl", "Zp") for ch in text):
        raise BankTextUnsafe("control", f"{where}：含有换行或控制字符，没有生成文件。请先更正。")
    if text.startswith(FORMULA_MARKS):
        raise BankTextUnsafe("formula", f"{where}：以“{text[0]}”开头，会被当成公式，没有生成文件。请先更正。")
