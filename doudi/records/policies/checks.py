"""Nothing starts on a broken policy pack: every command that checks first says which line to mend."""

from typing import Any

from django.core.checks import CheckMessage, Error

from doudi.law.pack_files import PackError
from doudi.records.policies.queries import catalogue


def packs_are_sound(**_: Any) -> list[CheckMessage]:
    """政策包能整套读进来。"""
    try:
        catalogue()
    except PackError as error:
        return [Error(str(error), hint="改好这一行再启动; 系统不会只用读进来的一半。", id="policies.E001")]
    return []
