"""A request cut off on the way is no request: half a form must not be taken for a whole one."""

from collections.abc import Callable, Iterable
from typing import Any


class CutOff(OSError):
    """请求没有收完整, 连接就断了; 照没有收到办。"""


class WholeBody:
    """网关: 正文比请求头说的短就报错, 这时什么也没有发生。

    Servers hand over what arrived before the connection was lost, and a form would be read from it: an amount
    without its last digit, a file without its last lines.
    """

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if length.isascii() and length.isdigit() and int(length):
            environ["wsgi.input"] = _Counted(environ["wsgi.input"], int(length))
        return self.application(environ, start_response)


class _Counted:
    """A blocking stream gives less than it is asked for only at its end."""

    def __init__(self, stream: Any, length: int) -> None:
        self._stream, self._left = stream, length

    def read(self, size: int | None = -1) -> bytes:
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        return self._checked(self._stream.read(wanted), wanted)

    def readline(self, size: int | None = -1) -> bytes:
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        line: bytes = self._stream.readline(wanted)
        return self._checked(line, len(line) if line.endswith(b"\n") else wanted)

    def _checked(self, data: bytes, wanted: int) -> bytes:
        if len(data) < wanted:
            raise CutOff(f"请求正文还差 {self._left - len(data)} 字节")
        self._left -= len(data)
        return data
