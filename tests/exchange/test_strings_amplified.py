"""目录合规而展开巨大的文件：解析器撑到限度就被停下，办公系统不受影响。"""

from __future__ import annotations

import pytest

from doudi.exchange.sheets.guard import UploadRefused
from doudi.exchange.sheets.reading import read_grid
from tests.exchange.bad_files import amplified_strings


def test_a_parser_that_runs_out_of_memory_becomes_a_refusal() -> None:
    with pytest.raises(UploadRefused) as caught:
        read_grid(amplified_strings(), "名册.xlsx")
    assert caught.value.code == "too_heavy"
