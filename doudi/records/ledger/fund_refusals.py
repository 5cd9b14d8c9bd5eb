"""What the funds and the month close will not do; each refusal is named by the fact."""

from doudi.store.refusal import Refusal


class FundDutyNotYours(Refusal):
    """这一步不归这个岗位办。"""

    def __init__(self, act: str, role: str, yours: str) -> None:
        super().__init__(f"{act}由{role}办理, 您的岗位是{yours}, 请转给{role}")


class VoucherUnreadable(Refusal):
    """单据没有填对。"""


class DocumentKnown(Refusal):
    """这份文件登记过了。"""

    def __init__(self, document_no: str, on: object) -> None:
        super().__init__(
            f"{document_no} 已在 {on} 登记过, 没有再登记; 同一份文件分几次到账的, 请写明第几次",
            field="document_no",
        )


class VoucherSettled(Refusal):
    """单据核对过了。"""

    def __init__(self, state: str) -> None:
        super().__init__(f"这张单据{state}, 不能再办; 更正请另登记一张")


class SameHandsOnVoucher(Refusal):
    """登记的人不能自己核对。"""

    def __init__(self, act: str = "核对") -> None:
        super().__init__(f"{act}要由登记人以外的人办, 请转给另一位")


class WorkFundShort(Refusal):
    """工作经费不够。"""

    def __init__(self, short: str) -> None:
        super().__init__(f"工作经费还差 {short} 元, 不能支出; 不得用救助资金垫付", field="fen")


class BudgetUnreadable(Refusal):
    """预算没有填对。"""


class AccountUnreadable(Refusal):
    """专户没有填对。"""


class AccountKnown(Refusal):
    """这个账号登记过了。"""

    def __init__(self, last4: str, state: str) -> None:
        super().__init__(
            f"尾号 {last4} 的专户已经登记过 ({state}), 没有再登记; 填错的请发放复核退回后另登记",
            field="number",
        )


class SchemePaidElsewhere(Refusal):
    """这个项目已经从另一个专户发放。"""

    def __init__(self, scheme: str, last4: str) -> None:
        super().__init__(
            f"{scheme}已从尾号 {last4} 的专户发放, 一个项目只从一个专户发; 换专户请先把那个销户",
            field="schemes",
        )


class SchemePaidElsewhereThen(Refusal):
    """开户日期那时, 这个项目还从销掉的专户发。"""

    def __init__(self, scheme: str, last4: str, until_on: object) -> None:
        super().__init__(
            f"{scheme}在 {until_on} 以前从尾号 {last4} 的专户发放, 开户日期要在那天或以后",
            field="opened_on",
        )


class AccountSettled(Refusal):
    """专户不在能办这一步的状态。"""

    def __init__(self, last4: str, state: str) -> None:
        super().__init__(f"尾号 {last4} 的专户{state}, 不能再办这一步, 请刷新后再看")


class AccountDoesNotFit(Refusal):
    """到账专户没有选对。"""

    def __init__(self, text: str) -> None:
        super().__init__(text, field="account")


class AccountNotEmpty(Refusal):
    """余额不为零不能销户。"""

    def __init__(self, last4: str, fen: str) -> None:
        super().__init__(f"尾号 {last4} 的专户余额 {fen} 元, 为零才能销户")


class SchemeChangeUnreadable(Refusal):
    """增减的项目没有选对, 或者已经办过。"""


class AccountShort(Refusal):
    """转出的专户余额不够。"""

    def __init__(self, last4: str, left: str, short: str) -> None:
        super().__init__(f"尾号 {last4} 的专户余额 {left} 元, 还差 {short} 元, 不能划转", field="fen")


class MoveUnreadable(Refusal):
    """划转没有填对。"""


class AccountStillMoving(Refusal):
    """还有收付没有办完。"""

    def __init__(self, last4: str, what: str) -> None:
        super().__init__(f"尾号 {last4} 的专户{what}, 不能销户")


class MonthClosed(Refusal):
    """这个月已经结账。"""

    def __init__(self, month: str, on: object) -> None:
        super().__init__(f"{month}已经月结, {on} 的账不能再记, 请按今天的日期记在本月并写明原委", field="on")


class MonthNotOver(Refusal):
    """没有过完的月份不能结。"""

    def __init__(self, month: str) -> None:
        super().__init__(f"{month}还没有过完, 到下个月再结账")


class MonthUnsealed(Refusal):
    """有账没有封存。"""

    def __init__(self, count: int) -> None:
        super().__init__(f"有 {count} 笔账没有封存, 不能结账, 请报告审计管理员")


class MonthUneven(Refusal):
    """借贷不平。"""

    def __init__(self, debit: str, credit: str) -> None:
        super().__init__(f"借方 {debit} 元与贷方 {credit} 元不相等, 不能结账, 请报告审计管理员")


class VouchersWaiting(Refusal):
    """这个月还有单据没有核对。"""

    def __init__(self, count: int) -> None:
        super().__init__(f"这个月还有 {count} 张资金单据没有核对, 核对或退回之后再结账")


class TrialMoved(Refusal):
    """结账之后又记了账。"""

    def __init__(self) -> None:
        super().__init__("结账之后这个月又记了账, 平衡表变了, 请发放经办重新结账后再确认")


class LaterMonthClosed(Refusal):
    """后面的月份已经结过。"""

    def __init__(self, month: str) -> None:
        super().__init__(f"{month}已经结过, 以前的月份不能再结")
