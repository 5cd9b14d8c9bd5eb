"""The chart of accounts. Codes are kept for ever; a new scheme takes the next free number."""

from doudi.exchange.ledger.journal import Account

EXPENSE_SCHEMES = (
    ("dibao_urban", "城市低保"),
    ("dibao_rural", "农村低保"),
    ("tekun_urban", "城市特困供养"),
    ("tekun_rural", "农村特困供养"),
    ("orphan", "孤儿"),
    ("unattended_child", "事实无人抚养儿童"),
    ("child_in_need", "困境儿童"),
    ("disability_living", "困难残疾人生活补贴"),
    ("disability_care", "重度残疾人护理补贴"),
    ("retrenched_worker", "精减退职职工救济"),
    ("old_age", "高龄津贴"),
    ("medical_direct", "医疗救助一站式结算"),
    ("medical_manual", "医疗救助手工零星"),
    ("medical_reaid", "医疗再救助"),
    ("premium", "资助参保"),
    ("temporary_fast", "小额快救"),
    ("temporary", "临时救助"),
    ("temporary_special", "临时救助一事一议"),
    ("mutual_aid", "救急难互助"),
    ("housing_rent", "租赁补贴"),
    ("price_subsidy", "价格临时补贴"),
    ("condolence", "慰问"),
    ("insurance_batch", "意外险"),
    ("goods", "实物"),
    ("shelter", "流浪乞讨救助"),
)


class UnknownScheme(LookupError):
    """没有支出科目的救助项目。"""

    def __init__(self, scheme: str) -> None:
        super().__init__(f"救助项目 {scheme} 没有支出科目")


CASH = "1001"
WORK_CASH, WORK_GRANT, WORK_SPENT = "1002", "3009", "6001"  # the office's own money, kept apart
RECOVERABLE = "1201"
PAYABLE = "2001"
BOUNCED = "2101"
GRANTS = {"national": "3001", "province": "3002", "city": "3003", "county": "3004"}
OPENING = "4001"
GRANT = "grant"  # the kind of a transaction that books a grant
MOVE = "special.move"  # from one special account to another: both legs are the cash account

_FIXED = (
    Account(CASH, "专户存款", "assets"),
    Account(WORK_CASH, "工作经费存款", "assets"),
    Account(RECOVERABLE, "应追缴款", "assets"),
    Account(PAYABLE, "应付救助款", "liabilities"),
    Account(BOUNCED, "银行退回待处理", "liabilities"),
    Account(GRANTS["national"], "中央拨款", "income"),
    Account(GRANTS["province"], "省拨款", "income"),
    Account(GRANTS["city"], "市拨款", "income"),
    Account(GRANTS["county"], "县拨款", "income"),
    Account(WORK_GRANT, "工作经费拨款", "income"),
    Account(OPENING, "年初结余", "equity"),
    Account(WORK_SPENT, "工作经费支出", "expenses"),
)
_EXPENSES = {scheme: str(5001 + place) for place, (scheme, _) in enumerate(EXPENSE_SCHEMES)}
_SPENT = tuple(Account(_EXPENSES[scheme], f"{title}支出", "expenses") for scheme, title in EXPENSE_SCHEMES)
ACCOUNTS: dict[str, Account] = {account.code: account for account in (*_FIXED, *_SPENT)}


def expense_of(scheme: str) -> str:
    """某救助项目的支出科目代码。Raises UnknownScheme for one that pays nothing."""
    try:
        return _EXPENSES[scheme]
    except KeyError:
        raise UnknownScheme(scheme) from None
