"""Before anything is served: the database has its guards and is not behind the newest anchor."""

from doudi.records.audit.queries import behind_anchor
from doudi.store.triggers import require


class BehindAnchor(RuntimeError):
    """数据库比系统之外的审计锚还旧: 多半是误恢复了旧备份, 系统拒绝启动。"""


def require_sound_database() -> None:
    """启动前核对: 保护触发器齐全、数据不落后于审计锚。Raises GuardsMissing, BehindAnchor."""
    require()
    fault = behind_anchor()
    if fault is not None:
        raise BehindAnchor(f"{fault.message}。请先查明原因, 不要继续办理业务。")
