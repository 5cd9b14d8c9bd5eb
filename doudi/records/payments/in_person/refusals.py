"""What paying by hand and the keeping of cards will not do; each refusal is named by the fact."""

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


class NotHouseholdsPerson(Refusal):
    """人不在这一户, 或这一户不在辖区。"""

    def __init__(self, name: str, where: str) -> None:
        super().__init__(f"{name}现在不在{where}里, 请先核对")


class CustodianUnreadable(Refusal):
    """代管人的登记不全或不对。"""


class AgreementMissing(Refusal):
    """没有书面协议。"""

    def __init__(self) -> None:
        super().__init__("代管存折要有书面协议, 请拍下签好字的协议再登记")


class CustodyRunning(Refusal):
    """正由别人代管。"""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name}的存折正由人代管, 请先结束再登记新的")


class CustodyEnded(Refusal):
    """代管已经结束。"""

    def __init__(self, on: str) -> None:
        super().__init__(f"这件代管已在 {on} 结束")


class CustodyFiledByAnother(Refusal):
    """备案由登记人以外的人办, 只办一次。"""

    def __init__(self) -> None:
        super().__init__("这件代管已经备案, 或者是您登记的; 备案由登记人以外的县级审批办一次")
