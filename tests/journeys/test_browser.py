"""The browser itself, before any story relies on it."""

from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer


def test_chinese_text_is_drawn_with_a_chinese_font(page: Page) -> None:
    """Without a CJK font every character is the same empty box, and screenshots prove nothing."""
    page.set_content(
        "<span style='font:40px sans-serif'>兜底</span><canvas id=c width=60 height=60></canvas>"
    )
    differ = page.evaluate(
        """() => {
            const pen = document.getElementById('c').getContext('2d');
            const drawn = (text) => {
                pen.clearRect(0, 0, 60, 60); pen.font = '40px sans-serif'; pen.fillText(text, 5, 45);
                return pen.getImageData(0, 0, 60, 60).data.join();
            };
            return drawn('兜') !== drawn('底');
        }"""
    )
    assert differ


def test_the_browser_is_chinese_and_on_chinese_time(page: Page) -> None:
    page.set_content("<p>时间</p>")
    assert page.evaluate("navigator.language") == "zh-CN"
    assert page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == "Asia/Shanghai"


def test_the_browser_reaches_the_live_server(page: Page, live_server: LiveServer) -> None:
    """Front-end files are in place, and a page outside the test's own process can be opened."""
    answer = page.goto(f"{live_server.url}/static/vendor/bootstrap.min.css")
    assert answer is not None
    assert answer.status == 200
    assert "sourceMappingURL" not in answer.text()
