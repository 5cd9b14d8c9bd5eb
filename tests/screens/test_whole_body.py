"""The gateway takes a request whole or not at all: nothing is read from half a form or half a file."""

import io
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import UnreadablePostError

from doudi.web.whole import CutOff, WholeBody

FORM, FILES = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n1\r\n2\r\n3\r\n--b--\r\n'


def received(body: bytes, announced: str, kind: str = FORM) -> WSGIRequest:
    """The request as Django gets it behind the gateway."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/", "SERVER_NAME": "here", "SERVER_PORT": "80",
        "CONTENT_TYPE": kind, "CONTENT_LENGTH": announced, "wsgi.input": io.BytesIO(body),
    }  # fmt: skip
    WholeBody(lambda given, _: [])(environ, None)  # type: ignore[arg-type]
    return WSGIRequest(environ)


def test_a_whole_form_and_a_whole_file_are_read() -> None:
    assert received(b"fen=5000.00", "11").POST["fen"] == "5000.00"
    assert received(PART, str(len(PART)), FILES).FILES["file"].read() == b"1\r\n2\r\n3"
    assert received(b"", "").POST == {}


@pytest.mark.parametrize(("body", "kind"), [(b"fen=5000.00", FORM), (PART, FILES)])
@pytest.mark.parametrize("lost", [1, 3, 9])
def test_what_lost_its_end_is_not_read(body: bytes, kind: str, lost: int) -> None:
    with pytest.raises(UnreadablePostError):
        received(body[:-lost], str(len(body)), kind).POST  # noqa: B018  (reading is what is tested)


def test_lines_are_counted_too() -> None:
    environ: dict[str, Any] = {"CONTENT_LENGTH": "9", "wsgi.input": io.BytesIO(b"one\ntwo")}
    WholeBody(lambda given, _: [])(environ, None)  # type: ignore[arg-type]
    stream = environ["wsgi.input"]
    assert stream.readline() == b"one\n"
    with pytest.raises(CutOff, match="2 字节"):
        stream.readline()
