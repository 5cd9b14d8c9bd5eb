"""A browser for the stories: the machine's own Chromium, a Chinese office screen, and no way out to the network."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Route

PICTURES = Path(os.environ.get("DOUDI_PICTURES", Path(__file__).resolve().parents[2] / "var" / "pictures"))
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
]
LOCAL = {"127.0.0.1", "localhost"}

# Playwright's loop runs in the test's own thread, which makes Django take plain code for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def chromium() -> str:
    """The browser of this machine; none is ever downloaded."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    raise RuntimeError("没有找到 Chromium。请安装后再运行, 例如: apt-get install chromium fonts-noto-cjk")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": chromium(), "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1366, "height": 768},
        "reduced_motion": "reduce",
    }


def keep_inside(route: Route) -> None:
    """Let only requests to this machine pass."""
    if urlsplit(route.request.url).hostname in LOCAL:
        route.continue_()
    else:
        route.abort()


@pytest.fixture
def watched(context: BrowserContext) -> Iterator[BrowserContext]:
    """A context whose pages fail the story on a script error, a refused resource or a call to the outside."""
    troubles: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":
            troubles.append(f"console: {message.text}")

    def asked(request: Any) -> None:
        if urlsplit(request.url).scheme in {"http", "https"} and urlsplit(request.url).hostname not in LOCAL:
            troubles.append(f"outside: {request.url}")

    context.route("**/*", keep_inside)
    context.on("console", heard)
    context.on("weberror", lambda error: troubles.append(f"script: {error.error}"))
    context.on("request", asked)
    yield context
    assert not troubles, "浏览器报告:\n" + "\n".join(troubles)


@pytest.fixture
def page(watched: BrowserContext) -> Page:
    """One watched page. A story with several people opens more contexts from `browser`."""
    return watched.new_page()


@pytest.fixture
def picture() -> Callable[[Page, str], Path]:
    """Save what the page shows as PICTURES/<name>.png; the guide and the reviewer look at these."""

    def take(page: Page, name: str, *, full: bool = False) -> Path:
        PICTURES.mkdir(parents=True, exist_ok=True)
        target = PICTURES / f"{name}.png"
        page.screenshot(path=target, full_page=full, animations="disabled", caret="hide")
        return target

    return take
