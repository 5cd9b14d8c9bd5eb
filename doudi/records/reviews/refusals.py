"""Why a change cannot be taken, verified or decided, in words."""

from doudi.store.refusal import Refusal


class ProofMissing(Refusal):
    """没有证明照片。"""

    def __init__(self) -> None:
        super().__init__("变动要附证明: 请拍户口页、证明或银行卡的照片, 至少一张")


class DetailMissing(Refusal):
    """变动内容没有写全。"""


class AlreadyReported(Refusal):
    """同样的变动已经报过, 还没有办完。"""


class NotYetHappened(Refusal):
    """发生日期还没有到。"""


class SamePersonAgain(Refusal):
    """报告、核实、决定不能是同一个人。"""


class NotAtThisStep(Refusal):
    """变动不在这一步上。"""


class AppliedToFamily(Refusal):
    """变动已经记到这一户, 不能再按不属实退回。"""


class CaseStillOpen(Refusal):
    """这一户还有在办案件。"""


class PictureRefused(Refusal):
    """照片收不进来。"""
