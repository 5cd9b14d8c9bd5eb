"""A browser without a screen: pages, forms and cookies over one kept connection."""

import http.client
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

REQUEST_SECONDS = 300.0  # a slow answer is a figure, not an error
LOGIN = "/accounts/login/"
TICKED, PRESSED = {"checkbox", "radio"}, {"submit", "button", "image", "reset", "file"}


@dataclass
class Form:
    """一张表单: 提交时要交的名字和值, 依次。"""

    identifier: str
    fields: list[tuple[str, str]] = field(default_factory=list)

    def with_values(self, **values: str) -> list[tuple[str, str]]:
        """改了几格之后要交的全部。"""
        return [(name, values.get(name, value)) for name, value in self.fields]


class FormReader(HTMLParser):
    """读出一页上的全部表单, 像浏览器提交时那样取值。"""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select = self._text_area = ""
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append(Form(known.get("id", "")))
        elif tag == "input" and known.get("name"):
            self._input(known)
        elif tag == "select":
            self._select, self._options = known.get("name", ""), []
        elif tag == "option" and self._select:
            self._options.append((known.get("value", ""), "selected" in known))
        elif tag == "textarea":
            self._text_area = known.get("name", "")

    def handle_data(self, data: str) -> None:
        if self._text_area:
            self._add(self._text_area, data)
            self._text_area = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select and self._options:
            chosen = [value for value, selected in self._options if selected]
            self._add(self._select, (chosen or [self._options[0][0]])[0])
        if tag == "select":
            self._select = ""

    def _input(self, known: dict[str, str]) -> None:
        kind = known.get("type", "")
        if kind in PRESSED or (kind in TICKED and "checked" not in known):
            return
        self._add(known["name"], known.get("value", "on" if kind in TICKED else ""))

    def _add(self, name: str, value: str) -> None:
        if self.forms:
            self.forms[-1].fields.append((name, value))


@dataclass(frozen=True)
class Answer:
    """一次请求的回答: 状态、去向、正文、从发出到读完的秒数。"""

    status: int
    location: str
    text: str
    seconds: float

    def form(self, identifier: str = "") -> Form:
        """页上的一张表单, 不写名字的取第一张带防伪令牌的 POST 表单。Raises LookupError."""
        reader = FormReader()
        reader.feed(self.text)
        for form in reader.forms:
            names = {name for name, _ in form.fields}
            if form.identifier == identifier if identifier else "login" in names:
                return form
        raise LookupError(f"这一页 (状态 {self.status}) 上没有表单 {identifier or 'login'}")


class Browser:
    """一个人的浏览器。"""

    def __init__(self, host: str, port: int) -> None:
        self.connection = http.client.HTTPConnection(host, port, timeout=REQUEST_SECONDS)
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        """打开一页。"""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: list[tuple[str, str]]) -> Answer:
        """交一张表。"""
        return self._ask("POST", path, urlencode(fields))

    def log_in(self, login: str, password: str) -> None:
        """登录; 登不上就报错。Raises PermissionError."""
        page = self.get(LOGIN)
        answer = self.post(LOGIN, page.form().with_values(login=login, password=password))
        if answer.status != http.client.FOUND:
            raise PermissionError(f"{login} 没有登录上, 状态 {answer.status}")

    def close(self) -> None:
        """关掉连接。"""
        self.connection.close()

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - began
        for line in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        location = urlsplit(response.headers.get("Location", "")).path
        return Answer(response.status, location, content.decode("utf-8", "replace"), seconds)
