"""假银行：要几笔成功、失败、退票、不答就是几笔，各种格式都读得回来，同一颗种子同样的回答。"""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from doudi.exchange.bank.batches import BankBatch, BankLine, Outcome
from doudi.exchange.bank.fake_bank import Mix, TooManyAnswers, answers, write_return
from doudi.exchange.bank.formats import FORMATS

ON = date(2026, 11, 9)
BATCH = BankBatch("B1", tuple(BankLine(n, f"测试{n}", f"6217{n:08}", 100 * n, "低保") for n in range(1, 21)))


def counted(mix: Mix) -> list[Counter[Outcome]]:
    return [Counter(line.outcome for line in part) for part in answers(BATCH, mix, ON)]


def test_the_mix_is_exactly_what_was_asked_for() -> None:
    (found,) = counted(Mix(failed=3, bounced=2, silent=5))
    assert found == {Outcome.PAID: 10, Outcome.FAILED: 3, Outcome.BOUNCED: 2}
    (found,) = counted(Mix(paid=4))
    assert found == {Outcome.PAID: 4}


def test_several_files_answer_each_line_once_and_later_bounces_come_last() -> None:
    parts = answers(BATCH, Mix(failed=2, files=3, later=4, seed=7), ON)
    first = [line.line_no for part in parts[:3] for line in part]
    assert sorted(first) == list(range(1, 21))
    paid = {line.line_no for part in parts[:3] for line in part if line.outcome is Outcome.PAID}
    assert (len(parts), {line.outcome for line in parts[3]}, len(parts[3])) == (4, {Outcome.BOUNCED}, 4)
    assert {line.line_no for line in parts[3]} <= paid


def test_one_seed_one_answer() -> None:
    assert answers(BATCH, Mix(failed=5, seed=3), ON) == answers(BATCH, Mix(failed=5, seed=3), ON)
    assert answers(BATCH, Mix(failed=5, seed=3), ON) != answers(BATCH, Mix(failed=5, seed=4), ON)


@pytest.mark.parametrize("mix", [Mix(failed=21), Mix(paid=15, failed=6), Mix(failed=15, later=6)])
def test_more_answers_than_lines_are_refused(mix: Mix) -> None:
    with pytest.raises(TooManyAnswers):
        answers(BATCH, mix, ON)


@pytest.mark.parametrize("format_id", FORMATS)
def test_every_format_reads_the_banks_words_back(format_id: str) -> None:
    (lines,) = answers(BATCH, Mix(failed=3, bounced=2, silent=5, seed=1), ON)
    sheet = FORMATS[format_id].parse_return(write_return(format_id, "B1", lines), batch_no="B1", on=ON)
    read = [
        (one.line_no, one.account, one.amount_fen, one.outcome, one.reason, one.credited_on)
        for one in sheet.lines
    ]
    assert sheet.errors == ()
    assert read == [
        (one.line_no, one.account, one.amount_fen, one.outcome, one.reason, one.credited_on) for one in lines
    ]
