"""把打乱的文件一份份读过去；解析器自己垮掉（进程被杀）由上级接着从下一份读。

Run as a program with: first case, last case, seed. Prints one word a case: read, refused or ESCAPED.
"""

from __future__ import annotations

import io
import random
import sys
import traceback
import zipfile

from doudi.exchange.bank.batches import BankBatch, BankFileRefused, BankLine
from doudi.exchange.bank.formats import FORMATS
from doudi.exchange.bank.returns import read_return
from doudi.exchange.sheets.child import limit_resources
from doudi.exchange.sheets.guard import UploadRefused
from doudi.exchange.sheets.roster import read_roster
from tests.exchange.rosters import ON, Shape, read_here, roster_bytes, some_households

SPLICES = (
    b"\x00",
    b"\xff\xfe",
    b'"',
    b",",
    b"\r\n",
    "合计".encode(),
    b"PK\x03\x04",
    b"<!DOCTYPE",
    b"1e309",
    b"=1+1",
)


def seeds() -> list[tuple[bytes, str]]:
    """被打乱的底本：两种名册的 xlsx 与 csv，三种格式的回盘。"""
    homes = some_households(6, seed=1)
    person, household = tuple(range(8)), tuple(range(8))
    shapes = [
        Shape(True, person, title=True, two_levels=True, subtotals=True, signature=True),
        Shape(False, household, title=True, subtotals=True, signature=True),
        Shape(True, person, as_csv=True, subtotals=True),
        Shape(False, household, as_csv=True, title=True),
    ]
    files = [roster_bytes(homes, shape) for shape in shapes]
    header = "批次号,序号,账号,金额,结果,失败原因,入账日期\r\n"
    lines = "".join(f"B1,{n},62170000000{n},10.00,成功,,2026-11-09\r\n" for n in range(1, 6))
    files.append(((header + lines + "合计,5,,50.00,,,\r\n").encode(), "回盘.csv"))
    batch = BankBatch("B1", (BankLine(1, "王建国", "6217000000", 100, "低保"),))
    files += [(one.render(batch), f"代发{one.suffix}") for one in FORMATS.values()]
    return files


def mutated(content: bytes, dice: random.Random) -> bytes:
    """打乱一份：xlsx 多半只改部件里的字节再好好打包，不然查一下 CRC 就拒收了，读不到深处。"""
    return (
        mutated_parts(content, dice)
        if content.startswith(b"PK") and dice.random() < 0.7
        else scrambled(content, dice)
    )


def mutated_parts(content: bytes, dice: random.Random) -> bytes:
    """在一份好好的压缩包里改几个部件。"""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, scrambled(data, dice, most=2) if dice.random() < 0.2 else data)
    return made.getvalue()


def scrambled(content: bytes, dice: random.Random, most: int = 8) -> bytes:
    """改、删、插、截，一次一到 most 处。"""
    data = bytearray(content)
    for _ in range(dice.randint(1, most)):
        place = dice.randrange(len(data) + 1)
        match dice.randrange(6):
            case 0 if data:
                data[place % len(data)] = dice.randrange(256)
            case 1:
                _change_digit(data, place, dice)
            case 2:
                del data[place : place + dice.randint(1, 40)]
            case 3:
                data[place:place] = dice.choice(SPLICES)
            case 4:
                data[place:place] = data[place : place + dice.randint(1, 200)]
            case _ if dice.random() < 0.1:
                del data[place:]
    return bytes(data)


def _change_digit(data: bytearray, place: int, dice: random.Random) -> None:
    """换掉一个数字：XML 多半还是好的，行列、引用、金额却变了。"""
    digits = [at for at in range(place, min(place + 400, len(data))) if data[at : at + 1].isdigit()]
    if digits:
        data[dice.choice(digits)] = ord(dice.choice("0123456789"))


def read_one(content: bytes, filename: str) -> str:
    """读一份；除了两种拒收，别的异常都算漏网。"""
    outcome = "refused"
    for read in (lambda book: read_roster(book, on=ON), lambda book: read_return(book, on=ON)):
        try:
            read(read_here(content, filename))
            outcome = "read"
        except (UploadRefused, BankFileRefused):
            continue
        except Exception:
            traceback.print_exc()
            return "ESCAPED"
    return outcome


def main(first: int, last: int, seed: int) -> None:
    """读第 first 到 last 份。"""
    files = seeds()
    limit_resources()
    for case in range(first, last + 1):
        dice = random.Random(seed * 1_000_003 + case)
        content, filename = files[case % len(files)]
        print(case, read_one(mutated(content, dice), filename), flush=True)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:4]))
