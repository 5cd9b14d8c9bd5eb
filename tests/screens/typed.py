"""What a browser would send: the page's own fields as they stand, with what the clerk typed over them."""

import re
from html.parser import HTMLParser
from typing import Any


class _Fields(HTMLParser):
    """Fields of one form, rows inside <template> left out as a browser does."""

    def __init__(self, marker: str) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self._marker, self._in, self._template, self._select = marker, False, 0, ""

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in pairs}
        if tag == "form":
            self._in = self._marker in (about.get("id", ""), about.get("action", ""), "*")
        self._template += tag == "template"
        if self._in and not self._template:
            self._field(tag, about)

    def handle_endtag(self, tag: str) -> None:
        self._template -= tag == "template"
        if tag == "select":
            self._select = ""
        if tag == "form":
            self._in = False

    def _field(self, tag: str, about: dict[str, str]) -> None:
        name = about.get("name", "")
        if tag == "select":
            self._select, self.found[name] = name, []
        elif tag == "option" and self._select and ("selected" in about or not self.found[self._select]):
            self.found[self._select] = [
                about.get("value", "")
            ]  # unless one is selected, a browser sends the first
        elif tag == "textarea" or (tag == "input" and about.get("type") not in ("checkbox", "radio")):
            self.found.setdefault(name, []).append(about.get("value", ""))
        elif tag == "input" and "checked" in about:
            self.found.setdefault(name, []).append(about.get("value", "on"))


def fields(html: str, form: str, **typed: Any) -> dict[str, Any]:
    """The named form's fields (by id or action) with `typed` over them; a double underscore stands for a hyphen."""
    reader = _Fields(form)
    reader.feed(html)
    reader.found.pop("", None)
    reader.found.pop("csrfmiddlewaretoken", None)
    return {**reader.found, **{name.replace("__", "-"): value for name, value in typed.items()}}


def text_of(html: str) -> str:
    """The words of a page, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
