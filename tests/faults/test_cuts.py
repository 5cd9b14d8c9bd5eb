"""P42: connections cut in the middle of a POST. A reload shows one definite state, the same form again has one effect.

gunicorn serves the test's database; a proxy on the loopback drops the connection after some bytes of the request, or
the answer before its last byte. DOUDI_CUTS says how many (20 unless told; the long run is 100), DOUDI_SEED which.
"""

import datetime as dt
import http.client
import os
import random
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.urls import reverse

from doudi.demo.bench.counties import Place
from doudi.demo.bench.pages import Answer, Browser, FormReader
from doudi.demo.bench.server import open_office
from doudi.demo.serving import HOST
from doudi.records.audit.models import Event
from doudi.records.audit.verification import verify
from doudi.records.ledger.models import FundReceipt
from doudi.records.payments.models import PayLine, PayrollRun, ReturnDraft
from doudi.records.payments.periods import month_after, month_start
from doudi.records.reports.auditor import differences
from doudi.store.today import move_to
from tests.services import bank_answers, factories

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).parents[2]
CUTS = int(os.environ.get("DOUDI_CUTS", "20"))
PASSWORD = "a-password-of-the-tests"
FIRST, HOUSEHOLDS = 202611, 12
BOUNDARY = "a-boundary-no-file-contains"


class Cutter:
    """A proxy that forwards so many bytes of the request (None: all) and of the answer, then drops both ways."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.request: int | None = None
        self.answer: int | None = None
        self.listener = socket.create_server((HOST, 0))
        self.port = int(self.listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                with client, socket.create_connection((HOST, self.target)) as server, suppress(OSError):
                    self._between(client, server)

    def _between(self, client: socket.socket, server: socket.socket) -> None:
        """The server is always heard out, so that whatever it does is done when the client sees the end."""
        client.settimeout(30)
        server.settimeout(60)
        heard = self._heard(client)
        server.sendall(heard if self.request is None else heard[: self.request])
        if self.request is not None:
            server.shutdown(socket.SHUT_WR)
        said = b""
        with suppress(OSError):
            while part := server.recv(65_536):
                said += part
        if self.request is None:
            client.sendall(said if self.answer is None else said[: self.answer])

    @staticmethod
    def _heard(client: socket.socket) -> bytes:
        heard, whole = b"", -1
        while whole < 0 or len(heard) < whole:
            heard += client.recv(65_536)
            head, found, _ = heard.partition(b"\r\n\r\n")
            if found and whole < 0:
                (length,) = [
                    line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
                ]
                whole = len(head) + 4 + int(length.split(b":")[1])
        return heard

    def close(self) -> None:
        self.listener.close()


@dataclass
class Act:
    """One step of a month by one person: where its form is, what is typed, and how often it took effect."""

    name: str
    login: str
    page: Callable[[], str]
    effects: Callable[[], int]
    typed: dict[str, str] = field(default_factory=dict)
    target: Callable[[], str] | None = None  # where the form goes, if not to its own page
    file: Callable[[], bytes] | None = None


class Office:
    """Three browsers, the proxy before them, and what was cut so far."""

    def __init__(self, port: int, chance: random.Random) -> None:
        self.chance, self.cutter = chance, Cutter(port)
        self.browsers = {login: Browser(HOST, port) for login in factories.PAYROLL_STAFF}
        for login, browser in self.browsers.items():
            browser.log_in(login, PASSWORD)
        self.cuts = self.early = self.late = 0

    def do(self, act: Act) -> None:
        """Cut on the way in, cut on the way back, then once more whole: the same form each time."""
        browser = self.browsers[act.login]
        before = act.effects()
        body, kind = self._filled(act, browser.get(act.page()))
        path = (act.target or act.page)()
        whole = len(body) + len(self._head(browser, path, kind, len(body)))
        near_the_end = self.chance.random() < 0.6
        cut_at = whole - self.chance.randint(1, 6) if near_the_end else self.chance.randrange(1, whole)
        self._send(browser, path, kind, body, request=cut_at)
        assert act.effects() == before, f"{act.name}: 请求断在 {cut_at}/{whole} 字节, 却生效了"
        assert browser.get(act.page()).status == http.client.OK
        self.early += 1
        self._send(browser, path, kind, body, answer=self.chance.choice((0, 1, 9, 40)))
        assert act.effects() == before + 1, f"{act.name}: 回答断了, 应生效一次"
        self.late += 1
        again = self._send(browser, path, kind, body)
        assert again in (http.client.OK, http.client.FOUND), f"{act.name}: 再交一次得到 {again}"
        assert act.effects() == before + 1, f"{act.name}: 再交一次又生效了"
        self.cuts += 2

    def _filled(self, act: Act, page: Answer) -> tuple[bytes, str]:
        """The form's own fields, the key among them, then what is typed: a typed amount comes last."""
        kept = [(name, value) for name, value in _hidden(page) if name not in act.typed]
        fields = [*kept, *act.typed.items()]
        if act.file is None:
            return urlencode(fields).encode(), "application/x-www-form-urlencoded"
        parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                 for name, value in fields]  # fmt: skip
        parts.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="huipan.csv"\r\n'
                     "Content-Type: text/csv\r\n\r\n".encode() + act.file() + b"\r\n")  # fmt: skip
        return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}"

    def _head(self, browser: Browser, path: str, kind: str, length: int) -> bytes:
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        lines = [f"POST {path} HTTP/1.1", f"Host: {HOST}", f"Cookie: {cookies}", f"Content-Type: {kind}",
                 f"Content-Length: {length}", "Connection: close", "", ""]  # fmt: skip
        return "\r\n".join(lines).encode()

    def _send(
        self,
        browser: Browser,
        path: str,
        kind: str,
        body: bytes,
        request: int | None = None,
        answer: int | None = None,
    ) -> int:
        """The status that arrived, 0 for none."""
        self.cutter.request, self.cutter.answer = request, answer
        with socket.create_connection((HOST, self.cutter.port), timeout=90) as line:
            line.sendall(self._head(browser, path, kind, len(body)) + body)
            said = b""
            with suppress(OSError):
                while part := line.recv(65_536):
                    said += part
        words = said.split(b" ", 2)
        return int(words[1]) if len(words) > 2 else 0

    def close(self) -> None:
        self.cutter.close()
        for browser in self.browsers.values():
            browser.close()


def _hidden(page: Answer) -> list[tuple[str, str]]:
    """What the form of the page carries: its key, where it has one, and the token against forgery."""
    reader = FormReader()
    reader.feed(page.text)
    forms = [form.fields for form in reader.forms if "csrfmiddlewaretoken" in dict(form.fields)]
    assert forms, f"这一页 (状态 {page.status}) 没有表单"
    keyed = [fields for fields in forms if "key" in dict(fields)]
    return keyed[0] if keyed else [one for one in forms[0] if one[0] == "csrfmiddlewaretoken"]


@pytest.fixture
def served(settings: Any, tmp_path: Path) -> Iterator[Place]:
    """The test's own database, as gunicorn gets it: another folder, the same keys."""
    settings.VAR = tmp_path  # not among the anchors of another test's database
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    office = factories.office(month_start(FIRST))
    for one in (office.caiwu, office.fuhe, office.pizhun):
        one.set_password(PASSWORD)
        one.save()
    factories.receiving(HOUSEHOLDS, fen=30_000, step=1_111)
    known = connection.settings_dict
    url = f"sqlite:///{known['NAME']}"
    if connection.vendor == "postgresql":
        url = f"postgresql://{known['USER']}@/{known['NAME']}?host={quote(known['HOST'])}"
    shutil.copytree(django_settings.KEYS, tmp_path / "keys")
    return Place(tmp_path, url)


def events(action: str) -> Callable[[], int]:
    return lambda: Event.objects.filter(action=action).count()


def month_of(month: int) -> list[Act]:
    """The ten steps of a month's money by three people."""

    def run() -> PayrollRun:
        return PayrollRun.objects.get(month=month)

    def of_run(name: str) -> Callable[[], str]:
        return lambda: reverse(name, args=[run().pk])

    def receipt() -> str:
        return reverse("fund_check", args=[FundReceipt.objects.order_by("-pk").first().pk])  # type: ignore[union-attr]

    def answer() -> bytes:
        return bank_answers.answer(run(), on=month_start(month))

    def check() -> str:
        return reverse("payroll_return_check", args=[ReturnDraft.objects.order_by("-pk").first().pk])  # type: ignore[union-attr]

    typed = {"password": PASSWORD}
    granted = {"kind": "grant", "level": "national", "scheme": "", "document_no": f"豫财社{month}号",
               "on": month_start(month).isoformat(), "fen": "5000.00"}  # fmt: skip
    return [
        Act("登记到账", "caiwu", lambda: reverse("fund_new"), FundReceipt.objects.count, granted),
        Act("核对到账", "fuhe", receipt, FundReceipt.objects.filter(state="booked").count, typed),
        Act("生成", "caiwu", lambda: reverse("payroll"), events("payroll.build"),
            {"scheme": "dibao_rural", "month": str(month)}, lambda: reverse("payroll_build")),
        Act("锁定", "caiwu", of_run("payroll_lock"), events("payroll.lock"), typed),
        Act("复核", "fuhe", of_run("payroll_review"), events("payroll.approve"), typed),
        Act("审批", "pizhun", of_run("payroll_approve"), events("payroll.approve"), typed),
        Act("导出", "pizhun", of_run("payroll_export"), events("payroll.export"), {"format": "csv"}),
        Act("交银行", "pizhun", of_run("payroll_hand_over"), events("payroll.hand_over"), typed),
        Act("上传回盘", "caiwu", of_run("payroll_return"), events("payroll.return_staged"), file=answer),
        Act("核对回盘", "fuhe", check, events("payroll.return"), typed),
    ]  # fmt: skip


def test_a_cut_connection_leaves_one_definite_state(
    served: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("DOUDI_SEED", time.time_ns() % 1_000_000))
    month, months = FIRST, 0
    with open_office(ROOT, served) as process:
        office = Office(process.port, random.Random(seed))
        while office.cuts < CUTS:
            move_to(month_start(month) + dt.timedelta(days=4))
            for act in month_of(month):
                office.do(act)
            month, months = month_after(month), months + 1
        office.close()
    with capsys.disabled():
        print(f"\nP42 {connection.vendor}: 断线 {office.cuts} 次 (来路 {office.early}, 回路 {office.late}), "
              f"{months} 个月, 种子 {seed}: 每次状态确定, 再交只生效一次")  # fmt: skip
    states = PayLine.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["paid"] * HOUSEHOLDS * months
    assert {row.fen for row in FundReceipt.objects.all()} == {500_000}
    assert list(differences()) == []
    assert verify().faults == []
