"""A broken pack stops the system from starting, and the office reads which line to mend."""

from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from doudi.records.policies import queries
from doudi.records.policies.checks import packs_are_sound

BAD = Path(__file__).parents[1] / "law" / "bad_packs" / "gap_in_dates.yaml"


def forget() -> None:
    queries.shipped.cache_clear()
    queries.catalogue.cache_clear()


def test_a_broken_pack_is_told_by_file_and_line(tmp_path: Path, settings: Any) -> None:
    folder = copytree(settings.POLICIES, tmp_path / "policies")
    settings.POLICIES = folder
    bad = folder / "counties" / "110101.yaml"
    try:
        forget()
        assert packs_are_sound() == []
        bad.write_bytes(BAD.read_bytes())
        forget()
        with pytest.raises(SystemCheckError, match=r"counties/110101\.yaml 第 10 行：.*之间没有值"):
            call_command("check")
        bad.unlink()
        assert packs_are_sound() == []
    finally:
        forget()
