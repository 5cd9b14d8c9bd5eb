"""What the bank sends back, made from what was locked."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from doudi.law.money import plain_yuan
from doudi.records.payments import services
from doudi.records.payments.models import PayLine, PayrollRun, ReturnFile
from tests.services import factories

HEADER = "批次号,序号,账号,金额,结果,失败原因,入账日期"
PAID_ON = dt.date(2026, 11, 5)


def answer_rows(
    run: PayrollRun,
    *,
    only: Iterable[int] | None = None,
    results: Mapping[int, str] | None = None,
    fen: Mapping[int, int] | None = None,
    accounts: Mapping[int, str] | None = None,
    on: dt.date = PAID_ON,
) -> list[str]:
    """The detail rows: every line (or `only` those numbers) paid, unless `results` says otherwise."""
    results, fen, accounts = results or {}, fen or {}, accounts or {}
    lines: dict[int, PayLine] = {}
    sums: Counter[int] = Counter()  # one credit for the months of an award
    for line in PayLine.objects.filter(run=run, number__isnull=False).order_by("number", "month"):
        lines[line.number] = line
        sums[line.number] += line.amount_fen
    rows = []
    for number in lines if only is None else only:
        line, result = lines[number], results.get(number, "成功")
        amount = plain_yuan(fen.get(number, sums[number]))
        account, day = accounts.get(number, line.account), "" if result == "失败" else on.isoformat()
        why = "" if result == "成功" else "账户已销户"
        rows.append(f"{run.batch_no},{number},{account},{amount},{result},{why},{day}")
    return rows


def as_file(rows: Sequence[str]) -> bytes:
    """The bytes of a return file."""
    return ("\r\n".join([HEADER, *rows]) + "\r\n").encode()


def answer(run: PayrollRun, **choices: object) -> bytes:
    """A return file."""
    return as_file(answer_rows(run, **choices))  # type: ignore[arg-type]


def taken_in(run: PayrollRun, data: bytes, name: str = "回盘.csv") -> ReturnFile:
    """Brought by one, checked by the other: the file as it was registered."""
    draft = services.stage_return(run, data, name, factories.staff("caiwu"))
    return services.apply_return(draft, factories.staff("fuhe"))
