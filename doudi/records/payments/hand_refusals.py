"""What paying by hand will not do; each refusal is named by the fact."""

from doudi.store.refusal import Refusal


class NotPaidByHand(Refusal):
    """这一笔不是当面发放的, 或已经有结果。"""

    def __init__(self) -> None:
        super().__init__("这一笔不是决定当面发放的, 或者已经有了结果, 不能登记领款签收")


class WitnessIsHanding(Refusal):
    """见证要由发款人以外的人。"""

    def __init__(self) -> None:
        super().__init__("见证人要是发款人以外的在岗人员, 请换一个人")


class NothingForTheBank(Refusal):
    """全部当面发放, 没有一笔交银行。"""

    def __init__(self) -> None:
        super().__init__(
            "这个批次全部当面发放, 没有一笔交银行, 不用导出代发文件; 请直接登记交出, 再凭签字登记领款签收"
        )


class HandReceiptUnreadable(Refusal):
    """领款签收登记不全或不对。"""
