"""Every list page of the office, one reader at a time: seconds from the request to the whole page."""

from collections.abc import Mapping
from http import HTTPStatus

from doudi.demo.bench.pages import Browser
from doudi.demo.serving import HOST
from doudi.demo.staff import PASSWORD

# Who opens which list. The county's own readers see all of it: the longest lists there are.
LISTS: Mapping[str, tuple[str, ...]] = {
    "shenpi": (
        "/", "/anjian/", "/anjian/?view=open", "/anjian/?view=closed", "/anjian/?view=open&left=over", "/jiating/",
        "/jiating/?page=400", "/gongshi/", "/gongshi/yiyi/", "/queren/", "/sousuo/?q=%E7%8E%8B", "/tongji/",
        "/biandong/", "/fuhe/", "/zhuanjie/", "/choucha/", "/songda/", "/bufu/",
    ),
    "jingban": ("/", "/anjian/", "/anjian/?view=open", "/jiating/", "/gongshi/", "/gongshi/yiyi/"),
    "fuze": ("/", "/qianpi/"),
    "caiwu": ("/", "/fafang/"),
    "shenji": ("/", "/anjian/?view=open", "/jiating/", "/shenji/"),
}  # fmt: skip


class ListMissing(RuntimeError):
    """名单没有打开。"""


def read(port: int, runs: int) -> dict[str, list[float]]:
    """每张名单打开 `runs` 次, 各次的秒数; 第一次是冷的, 也算。Raises ListMissing."""
    found: dict[str, list[float]] = {}
    for login, paths in LISTS.items():
        browser = Browser(HOST, port)
        browser.log_in(login, PASSWORD)
        for path in paths:
            found[f"{login} {path}"] = [_seconds(browser, path) for _ in range(runs)]
        browser.close()
    return found


def _seconds(browser: Browser, path: str) -> float:
    answer = browser.get(path)
    if answer.status != HTTPStatus.OK:
        raise ListMissing(f"{path}: 状态 {answer.status}")
    return answer.seconds
