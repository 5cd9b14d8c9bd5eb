"""Why a debt that the bank could not pay is not given up."""

from doudi.store.refusal import Refusal


class StillDue(Refusal):
    """这一笔仍应发。"""

    def __init__(self) -> None:
        super().__init__("这一笔那个月仍应发, 不能取消, 请用更正批次重发")


class NothingToRelease(Refusal):
    """这一笔没有欠着。"""

    def __init__(self) -> None:
        super().__init__("这一笔没有欠着: 银行已经发成, 或已经列入更正批次, 或已经取消")


class ReleasedByTheSame(Refusal):
    """取消应付要两个人。"""

    def __init__(self) -> None:
        super().__init__("取消应付由一人提出、另一人批准, 提出的人不能批准, 请换一个人")
