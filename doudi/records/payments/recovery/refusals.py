"""What recovering money will not do; each refusal is named by the fact."""

from doudi.store.refusal import Refusal


class NothingOverpaid(Refusal):
    """这一户没有可以追的。"""

    def __init__(self, no: str, in_transit: str = "") -> None:
        more = f"; 另有 {in_transit} 元银行还没有答复, 到账之后才追得回" if in_transit else ""
        super().__init__(f"{no} 户没有已经发到卡上、该追而没有追的钱, 没有提出追缴{more}")


class CauseUnreadable(Refusal):
    """追缴的原因不在可选范围。"""

    def __init__(self) -> None:
        super().__init__("追缴的原因没有选对, 请重新选择")


class GroundMissing(Refusal):
    """没有写明理由或依据。"""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}要写明理由, 请填写后再提交")


class RecoveryNotAt(Refusal):
    """追缴不在能办这一步的状态。"""

    def __init__(self, no: str, act: str, now: str) -> None:
        super().__init__(f"追缴 {no} 现在是“{now}”, 不能{act}")


class SameHandsOnRecovery(Refusal):
    """提出和批准要两个人。"""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}是您提出的, 要由另一个人批准")


class RelativeOfTheirs(Refusal):
    """与这一户有近亲属备案。"""

    def __init__(self, no: str) -> None:
        super().__init__(f"您与 {no} 户有近亲属备案, 应当回避, 请交由他人办理")


class OverpaymentChanged(Refusal):
    """提出之后决定变了, 多发的不是原来那些。"""

    def __init__(self, no: str) -> None:
        super().__init__(f"追缴 {no} 提出之后, 这一户的决定或发放有变, 多发的不是原来那些; 请退回重新提出")


class PlanDisagrees(Refusal):
    """分期与还差的数对不上。"""

    def __init__(self, planned: str, outstanding: str) -> None:
        super().__init__(f"各期合计 {planned} 元, 还差 {outstanding} 元, 两数要相等, 请改好再交")


class PlanUnordered(Refusal):
    """分期的日期或金额不对。"""

    def __init__(self) -> None:
        super().__init__("分期要一期比一期晚, 第一期不早于今天, 每期金额大于零")


class TooMuchReceived(Refusal):
    """交得比还差的多。"""

    def __init__(self, fen: str, outstanding: str) -> None:
        super().__init__(
            f"这次到账 {fen} 元, 多于还差的 {outstanding} 元; 多交的请退还本人, 不要记在这件追缴上"
        )


class ReceiptUnreadable(Refusal):
    """到账的单据号、金额或日期不对。"""

    def __init__(self, why: str) -> None:
        super().__init__(f"到账没有登记: {why}")


class DocumentUsed(Refusal):
    """同一张单据已经登记过, 内容不同。"""

    def __init__(self, document_no: str) -> None:
        super().__init__(f"单据 {document_no} 已经登记过, 这次的金额或日期不同, 没有再记; 请核对单据号")


class WriteOffOpen(Refusal):
    """已有一次核销等批准。"""

    def __init__(self) -> None:
        super().__init__("这件追缴已经提出核销, 正等批准, 不用再提")


class NoWriteOffOpen(Refusal):
    """没有等批准的核销。"""

    def __init__(self) -> None:
        super().__init__("这件追缴没有等批准的核销, 可能已经有人办过, 请刷新页面")


class WriteOffOutdated(Refusal):
    """提出核销之后又有到账。"""

    def __init__(self, asked: str, outstanding: str) -> None:
        super().__init__(
            f"提出核销时还差 {asked} 元, 现在还差 {outstanding} 元; 请退回这次核销, 按现在的数再提"
        )
