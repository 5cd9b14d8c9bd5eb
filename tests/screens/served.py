"""The office itself behind a browser page: every request is answered by Django's test client, nothing is served."""

from __future__ import annotations

from contextvars import copy_context
from urllib.parse import urlsplit

from django.test import Client
from playwright.sync_api import Page, Route

from tests.screens.test_ui_browser import SITE, answer

HOST = urlsplit(SITE).hostname


def served(page: Page, client: Client) -> Page:
    """A page of the office as this client's user sees it. A script error fails the test at once."""

    # Playwright answers in a greenlet with a context of its own, where Django would open another connection.
    ours = copy_context()

    def serve(route: Route) -> None:
        ours.copy().run(reply_to, route)

    def reply_to(route: Route) -> None:
        if "/static/" in route.request.url:
            answer(route)
            return
        told = urlsplit(route.request.url)
        path = told.path + (f"?{told.query}" if told.query else "")
        headers = {name: value for name, value in route.request.headers.items() if name == "referer"}
        if route.request.method == "POST":
            kind = route.request.headers.get("content-type", "application/x-www-form-urlencoded")
            reply = client.post(
                path, route.request.post_data_buffer or b"", content_type=kind, headers=headers
            )
        else:
            reply = client.get(path, headers=headers)
        if reply.status_code in (301, 302):  # the browser cannot follow a made-up redirect of another request
            reply = client.get(reply["Location"])
        kept = {name: value for name, value in reply.headers.items() if name.lower() != "content-length"}
        route.fulfill(status=reply.status_code, headers=kept, body=reply.content)

    def failed(error: Exception) -> None:
        raise error

    client.defaults["HTTP_HOST"] = str(HOST)
    page.on("pageerror", failed)
    page.route("**/*", serve)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.set_default_timeout(8_000)
    return page
