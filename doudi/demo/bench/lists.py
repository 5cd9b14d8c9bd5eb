"""Every list page of the office, one reader at a time: seconds from the request to the whole page."""

from collections.abc import Mapping
from http import HTTPStatus

from doudi.demo.bench.pages import Browser
from doudi.demo.serving import HOST
from doudi.demo.staff import PASSWORD

SEARCHES = (
    "/sousuo/?q=%E7%8E%8B%E5%96%9C",
    "/sousuo/?q=ly",
)  # a name, and the initials that most people share
CASEWORK = (
    "/", "/anjian/", "/anjian/?view=open", "/anjian/?view=closed", "/anjian/?view=open&left=over", "/jiating/",
    "/jiating/?page=100", "/gongshi/", "/gongshi/yiyi/", "/gongshi/zhaopian/", "/pingyi/", "/biandong/", "/fuhe/",
    "/fuhe/?until=2", "/zhuanjie/", "/songda/", "/bufu/", "/tongji/", "/xiaoxi/", *SEARCHES,
)  # fmt: skip
# Who opens which list: all of them, the casework by a township and by the county, where they are longest.
LISTS: Mapping[str, tuple[str, ...]] = {
    "jingban": (*CASEWORK, "/paidan/", "/biandong/baogao/", "/gongshi/kaixiang/"),
    "shenpi": (*CASEWORK, "/queren/", "/choucha/", "/mingce/", "/cesuan/fangan/", "/cesuan/gaidong/"),
    "fuze": ("/", "/qianpi/", "/qinshu/"),
    "caiwu": ("/", "/fafang/"),
    "shenji": ("/", "/anjian/?view=open", "/jiating/", "/tongji/"),
    "anquan": ("/shezhi/yonghu/", "/shezhi/daili/"),
    "shenjiyuan": ("/shenji/", "/shenji/chakan/"),
}


class ListMissing(RuntimeError):
    """名单没有打开。"""


def read(port: int, runs: int) -> dict[str, list[float]]:
    """每张名单先打开一次, 再打开 `runs` 次, 后面各次的秒数。Raises ListMissing."""
    found: dict[str, list[float]] = {}
    for login, paths in LISTS.items():
        browser = Browser(HOST, port)
        browser.log_in(login, PASSWORD)
        for path in paths:
            _seconds(
                browser, path
            )  # the first of a fresh process imports half the office: not the list's own time
            found[f"{login} {path}"] = [_seconds(browser, path) for _ in range(runs)]
        browser.close()
    return found


def _seconds(browser: Browser, path: str) -> float:
    answer = browser.get(path)
    if answer.status != HTTPStatus.OK:
        raise ListMissing(f"{path}: 状态 {answer.status}")
    return answer.seconds
