"""hledger's journal: every account and the currency declared, so that `hledger check -s` means something."""

from collections.abc import Iterable, Iterator

from doudi.exchange.ledger.journal import KINDS, Account, Line, Transaction, one_line
from doudi.law.money import plain_yuan

_TYPES = {"assets": "A", "liabilities": "L", "income": "R", "equity": "E", "expenses": "X"}


def account_name(account: Account) -> str:
    """科目在 hledger 里的名字: 类别:代码 名称。"""
    return f"{KINDS[account.kind]}:{account.code} {one_line(account.name)}"


def render(accounts: Iterable[Account], transactions: Iterable[Transaction]) -> Iterator[str]:
    """账簿的文本, 一段一段给出, 不占内存。Every piece ends with a newline."""
    yield "commodity 1000.00 CNY\n"
    for account in accounts:
        yield f"account {account_name(account)}  ; type: {_TYPES[account.kind]}\n"
    for transaction in transactions:
        yield "".join(_transaction(transaction))


def _transaction(transaction: Transaction) -> Iterator[str]:
    yield f"\n{transaction.on.isoformat()} * {_plain(transaction.memo)}\n"
    yield f"    ; key: {_plain(transaction.key)}\n    ; kind: {_plain(transaction.kind)}\n"
    yield from (_line(line) for line in transaction.lines)


def _line(line: Line) -> str:
    subject = "" if line.subject is None else f"  ; subject: {line.subject}"
    return f"    {account_name(line.account)}  {plain_yuan(line.fen)} CNY{subject}\n"


def _plain(text: str) -> str:
    # A semicolon begins a comment, a bar parts payee from note, a comma ends a tag's value.
    return one_line(text).replace(";", "；").replace("|", "｜").replace(",", "，")
