"""Who is here to act: an absence in force leaves the work to the deputy."""

from doudi.records.staff.models import User
from doudi.store.refusal import Refusal


class AwayNow(Refusal):
    """登记了不在岗的人不办事。"""


def require_present(by: User) -> None:
    """今天没有登记不在岗。The day of acting counts, not the day written up, which may be past. Raises AwayNow."""
    if by.is_away:
        raise AwayNow(f"{by.name}登记了不在岗, 现在由代理人办理。回来了请安全管理员登记提前回岗")
