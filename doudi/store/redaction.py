"""Logs never carry an identity or account number."""

import logging
import re

_NUMBERS = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15,19})(?!\d)")


def redact(text: str) -> str:
    """把 15–19 位号码换成 [号码], 换行写成 \\n。"""
    return _NUMBERS.sub("[号码]", text).replace("\r", "\\r").replace("\n", "\\n")


class RedactNumbers(logging.Filter):
    """日志过滤: 号码不进日志, 一条日志一行。"""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact(record.getMessage())
        record.args = None
        if record.exc_info:
            record.exc_text = _NUMBERS.sub("[号码]", logging.Formatter().formatException(record.exc_info))
        return True
