"""页框的数据: 办公版的左栏和上栏, 群众版的上栏。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True)
class NavItem:
    """左栏一项。"""

    label: str
    url: str
    active: bool = False
    count: int | None = None


@dataclass(frozen=True)
class NavGroup:
    """左栏一组, 按办理程序排列。"""

    label: str
    items: Sequence[NavItem]


@dataclass(frozen=True)
class Frame:
    """办公版框: 单位、检索、待办、演示日期、当前用户。"""

    unit_name: str
    user_name: str = ""
    role: str = ""
    home_url: str = "/"
    search_url: str = ""
    logout_url: str = ""
    todo_url: str = ""
    todo_count: int = 0
    notices_url: str = ""
    notices_count: int = 0
    password_url: str = ""
    demo_on: date | None = None
    help_phone: str = ""


@dataclass(frozen=True)
class PublicFrame:
    """群众版框: 单位、办事电话、字号 (16 / 20 / 24), 演示标记。"""

    unit_name: str
    phone: str = ""
    size: Literal["16", "20", "24"] = "16"
    size_url: str = ""
    path: str = "/"
    demo: bool = False
    home_url: str = "/"
