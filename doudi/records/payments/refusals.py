"""What the money path will not do; each refusal is named by the fact."""

from doudi.store.refusal import Refusal


class DutyNotYours(Refusal):
    """这一步不归这个岗位办。"""

    def __init__(self, act: str, roles: str, yours: str) -> None:
        super().__init__(f"{act}由{roles}办理, 您的岗位是{yours}, 请转给相应岗位")


class MonthUnreadable(Refusal):
    """月份写法不对。"""

    def __init__(self, month: object) -> None:
        super().__init__(f"发放月份“{month}”不是有效的年月, 请按 202611 这样填写")


class SchemeNotPaid(Refusal):
    """这个项目没有按月发放的待遇。"""

    def __init__(self, scheme: str, month: int) -> None:
        super().__init__(f"项目 {scheme} 在 {month} 没有应发的待遇, 没有生成发放批次")


class NotTheCyclesMonth(Refusal):
    """按季按年发的项目在期末月发。"""

    def __init__(self, scheme: str, last: str) -> None:
        super().__init__(f"{scheme}这时不是按月发放, 这一期在{last}发, 请用{last}生成")


class MonthPaidByAnother(Refusal):
    """这个月已经由后一期一并发放。"""

    def __init__(self, month: str, batch: str) -> None:
        super().__init__(f"{month}已经列在批次 {batch} 里一并发放, 不再单独生成")


class NothingOwed(Refusal):
    """没有要补发或更正的。"""

    def __init__(self, scheme: str) -> None:
        super().__init__(
            f"{scheme}现在没有要补发或更正的, 没有生成发放批次; 没有导出的批次导出之后才补发, "
            "没有发成而有死亡报告的先办变动决定"
        )


class RunUnfinished(Refusal):
    """同类的批次还没有锁定, 补发的还没有导出。"""

    def __init__(self, batch: str) -> None:
        super().__init__(f"批次 {batch} 还没有锁定或导出, 请先把它办完再另起一次")


class BuildUnfinished(Refusal):
    """生成没有做完; 已写的行保留, 再生成一次会接着做。"""

    def __init__(self, why: str) -> None:
        super().__init__(f"发放清册没有生成完: {why}")


class RunNotAt(Refusal):
    """发放批次不在能办这一步的状态。"""

    def __init__(self, act: str, now: str, needed: str) -> None:
        super().__init__(f"这个发放批次现在是“{now}”, {act}要在“{needed}”时办理")


class InterceptionOpen(Refusal):
    """还有拦截等人决定。"""

    def __init__(self, count: int) -> None:
        super().__init__(f"还有 {count} 条拦截没有处理, 请发放复核逐条决定放行或本月不发, 再锁定")
        self.count = count


class InterceptionSettled(Refusal):
    """这条拦截已经处理过。"""

    def __init__(self, by: str, outcome: str) -> None:
        super().__init__(f"这条拦截已由 {by} 处理为“{outcome}”, 不能再改")


class ResolverIsMaker(Refusal):
    """经办人不能处理自己批次的拦截。"""

    def __init__(self) -> None:
        super().__init__("拦截要由经办人以外的人处理, 请转给发放复核")


class ReasonMissing(Refusal):
    """没有写明理由。"""

    def __init__(self, act: str = "处理拦截") -> None:
        super().__init__(f"{act}要写明理由, 请填写后再提交")


class OutcomeUnreadable(Refusal):
    """处理结果不在可选范围。"""

    def __init__(self) -> None:
        super().__init__("拦截只能处理为“放行”或“本月不发”, 请重新选择")


class NotDueSinceLock(Refusal):
    """锁定之后有人死亡, 或者待遇停了、暂停了。"""

    def __init__(self, count: int, who: list[str]) -> None:
        told = "、".join(who[:5]) + (f"等 {len(who)} 人" if len(who) > 5 else "")
        super().__init__(
            f"锁定之后知道了 {count} 行不应照发: {told}。请点“退回重做”, 处理拦截后重新锁定、复核、审批"
        )
        self.count = count


class CannotRelease(Refusal):
    """拦截的事实还在, 不能放行。"""

    def __init__(self, why: str) -> None:
        super().__init__(f"这一行不能放行: {why}")


class LinesIncomplete(Refusal):
    """生成之后又有待遇应发, 还没列入。"""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"生成之后又有 {count} 份待遇应在本月发放, 还没有列入; 请发放经办再生成一次, 只会补入这些"
        )


class LinesDisagree(Refusal):
    """清册与待遇对不上。"""

    def __init__(self, count: int, example: str) -> None:
        super().__init__(
            f"清册有 {count} 行与待遇记录不一致 (例如 {example}), 不能锁定, 请联系系统管理员查明原因"
        )


class DifferenceUnexplained(Refusal):
    """与上月的差异有说不清的。"""

    def __init__(self, count: int, example: str) -> None:
        super().__init__(
            f"与上月相比有 {count} 户的变化找不到对应的决定 (例如户 {example}), 查清之后才能锁定"
        )
        self.count = count


class AccountMissing(Refusal):
    """放行的行里还有没有账户的。"""

    def __init__(self, count: int) -> None:
        super().__init__(f"有 {count} 行的领款人没有在用的账户, 不能锁定; 请先登记账户, 或决定本月不发")


class AccountsMoving(Refusal):
    """锁定的当口有人换了账户。"""

    def __init__(self) -> None:
        super().__init__("锁定的时候有领款账户正在更换, 没有锁定; 请再锁定一次, 换过的账户会列入拦截")


class MonthNotBegun(Refusal):
    """发放的月份还没有到。"""

    def __init__(self, month: str) -> None:
        super().__init__(f"{month}还没有到, 到月之前还会有新的决定和停发, 请到当月再锁定")


class ExclusivePairPaid(Refusal):
    """同一人本月在同一互斥组里已经发过。"""

    def __init__(self) -> None:
        super().__init__("有人本月已经在互斥的项目里列入发放, 不能锁定; 请处理“已享受互斥待遇”的拦截")


class NothingToPay(Refusal):
    """没有一行可发。"""

    def __init__(self) -> None:
        super().__init__("这个批次没有一行可以发放, 不能锁定")


class ContentChanged(Refusal):
    """锁定后的清册被改动过。"""

    def __init__(self) -> None:
        super().__init__("清册内容与锁定时的指纹不一致, 已停止办理, 请立即报告审计管理员")


class StepTaken(Refusal):
    """这一级已经有人批过。"""

    def __init__(self, step: str, by: str) -> None:
        super().__init__(f"这个批次的{step}已由 {by} 办理, 不能再批一次")


class SamePersonTwice(Refusal):
    """一个人不能办同一批次的两道手续。"""

    def __init__(self) -> None:
        super().__init__("经办、复核、审批要由三个不同的人办理, 您已经办过这个批次的另一道手续")


class CaseWorkerOfTheirs(Refusal):
    """办过这一户申请的人, 不能办它的发放。"""

    def __init__(self, household_no: str) -> None:
        super().__init__(f"您办理过 {household_no} 户的申请, 发放要由没有办过这些申请的人办, 请换一个人")


class FormatUnknown(Refusal):
    """没有这种银行文件格式。"""

    def __init__(self, given: str, known: str) -> None:
        super().__init__(f"没有“{given}”这种银行文件格式, 可用的有 {known}")


class BankFileUnwritable(Refusal):
    """有的字写不进银行文件。"""


class SamePersonUploaded(Refusal):
    """上传的人不能自己核对。"""

    def __init__(self) -> None:
        super().__init__("这份回盘是您上传的, 核对入账要由另一个人办, 请转给发放复核")


class DraftSettled(Refusal):
    """这份回盘已经入账或作废。"""

    def __init__(self, now: str) -> None:
        super().__init__(f"这份回盘{now}, 不能再办; 作废错了的请重新上传")


class ReturnRefused(Refusal):
    """回盘文件不能登记, 一行也没有入账; `errors` 逐条说明。"""

    def __init__(self, code: str, text: str, errors: tuple[str, ...] = ()) -> None:
        super().__init__("\n".join([f"{text}。整个文件没有入账", *errors[:20]]))
        self.code = code
        self.errors = errors


class OutcomeUnknown(Refusal):
    """还有行不知道银行结果。"""

    def __init__(self, count: int, fen: str) -> None:
        super().__init__(f"还有 {count} 笔共 {fen} 元没有银行结果, 不能办结; 请向银行索取回盘, 不要重发")
        self.count = count


class NotConserved(Refusal):
    """导出的与成功、失败、退票、未知之和不等。"""

    def __init__(self) -> None:
        super().__init__("导出笔数金额与成功、失败、退票、未知之和不相等, 不能办结, 请报告审计管理员")


class StepUnknown(Refusal):
    """没有这一级审批。"""

    def __init__(self, step: object) -> None:
        super().__init__(f"没有第 {step} 级审批, 只有 1 复核、2 审批")
