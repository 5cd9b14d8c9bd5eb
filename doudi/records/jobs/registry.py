"""Which function does which kind of job."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps

from doudi.records.jobs.models import Job

Task = Callable[[Job], Any]
_tasks: dict[str, Task] = {}


class UnknownKind(LookupError):
    """没有登记过的任务种类。"""

    def __init__(self, kind: str) -> None:
        super().__init__(f"没有这种任务: {kind}; 请检查各应用 tasks.py 里的登记")


def task(kind: str) -> Callable[[Task], Task]:
    """登记一种任务: 函数收到 Job, 从 job.done 或自己的唯一键接着做, 返回可存为 JSON 的结果。

    A task commits its own chunks and calls `progress` in each. Raises ValueError where the kind is taken.
    """

    def register(fn: Task) -> Task:
        if _tasks.setdefault(kind, fn) is not fn:
            raise ValueError(f"任务种类 {kind} 已经登记给 {_tasks[kind].__module__}")
        return fn

    return register


def task_of(kind: str) -> Task:
    """某种任务的函数; 第一次问到没见过的种类时读入各应用的 tasks.py。Raises UnknownKind."""
    if kind not in _tasks:
        load()
    try:
        return _tasks[kind]
    except KeyError:
        raise UnknownKind(kind) from None


def load() -> None:
    """读入各应用的 tasks.py, 登记其中的任务。"""
    for config in apps.get_app_configs():
        if config.name.startswith("doudi.") and find_spec(f"{config.name}.tasks"):
            import_module(f"{config.name}.tasks")
