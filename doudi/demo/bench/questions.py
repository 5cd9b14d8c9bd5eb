"""The county's approver weighs one raise after another: the seconds from asking to the whole page."""

from urllib.parse import urlencode

from doudi.demo.bench.pages import Browser
from doudi.demo.staff import PASSWORD

LOGIN, MONTH = "shenpi", "202701"
STANDARDS = ("dibao.standard.rural", "dibao.standard.urban")
SHOWN = "改后每月"


class NotAnswered(RuntimeError):
    """测算页没有给出结果。"""


def weigh(port: int, times: int) -> list[float]:
    """问 `times` 次, 每次提标不同; 第一次是冷的。Raises NotAnswered, PermissionError."""
    browser = Browser("127.0.0.1", port)
    try:
        browser.log_in(LOGIN, PASSWORD)
        return [_once(browser, place) for place in range(1, times + 1)]
    finally:
        browser.close()


def _once(browser: Browser, place: int) -> float:
    raises = [("set", f"{path}=+{4 + place % 5}.{place:02}%") for path in STANDARDS]
    terms = [("month", MONTH), ("step", "100"), ("band", "500")]
    answer = browser.get(f"/cesuan/?{urlencode([*terms, *raises])}")
    if SHOWN not in answer.text:
        raise NotAnswered(f"测算页状态 {answer.status}, 没有结果")
    return answer.seconds
