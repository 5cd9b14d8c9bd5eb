"""beancount's format: the same transactions under its five roots."""

import re
from collections.abc import Iterable, Iterator

from doudi.exchange.ledger.journal import Account, Line, Transaction, one_line
from doudi.law.money import plain_yuan

OPENED_ON = "1970-01-01"  # accounts are older than any transaction
_ROOTS = {
    "assets": "Assets",
    "liabilities": "Liabilities",
    "income": "Income",
    "equity": "Equity",
    "expenses": "Expenses",
}
_NOT_IN_A_NAME = re.compile(r"[^\w-]|_")


def account_name(account: Account) -> str:
    """科目在 beancount 里的名字: 根:代码-名称, 名称只留文字。"""
    return f"{_ROOTS[account.kind]}:{account.code}-{_NOT_IN_A_NAME.sub('', account.name)}"


def render(accounts: Iterable[Account], transactions: Iterable[Transaction]) -> Iterator[str]:
    """账簿的文本, 一段一段给出, 不占内存。Every piece ends with a newline."""
    yield 'option "title" "救助资金账簿"\noption "operating_currency" "CNY"\n'
    for account in accounts:
        yield f"{OPENED_ON} open {account_name(account)} CNY\n"
    for transaction in transactions:
        yield "".join(_transaction(transaction))


def _transaction(transaction: Transaction) -> Iterator[str]:
    yield f"\n{transaction.on.isoformat()} * {_quoted(transaction.memo)}\n"
    yield f"  key: {_quoted(transaction.key)}\n  kind: {_quoted(transaction.kind)}\n"
    yield from (_line(line) for line in transaction.lines)


def _line(line: Line) -> str:
    subject = "" if line.subject is None else f"    subject: {line.subject}\n"
    return f"  {account_name(line.account)}  {plain_yuan(line.fen)} CNY\n{subject}"


def _quoted(text: str) -> str:
    plain = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'
