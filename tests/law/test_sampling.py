"""A draw is the same for whoever computes it again, whatever the order of the list."""

import os
import random

import pytest

from doudi.law.sampling import drawn, needed


@pytest.mark.parametrize(
    ("size", "rate", "least"),
    [(0, 3_000, 0), (1, 3_000, 1), (7, 3_000, 3), (10, 3_000, 3), (11, 3_000, 4), (5, 0, 0)],
)
def test_how_many_are_needed_is_rounded_up(size: int, rate: int, least: int) -> None:
    assert needed(size, rate) == least


def test_the_draw_does_not_depend_on_the_order_of_the_list() -> None:
    seed = os.environ.get("DOUDI_SEED", "4")
    dice = random.Random(seed)
    frame = [f"410482-2026-{n:05}" for n in range(1, 41)]
    first = drawn("aa", frame, 3_000)
    for _ in range(20):
        dice.shuffle(frame)
        assert drawn("aa", frame, 3_000) == first, f"DOUDI_SEED={seed}"
    assert len(first) == 12
    assert set(first) <= set(frame)
    assert drawn("ab", frame, 3_000) != first


def test_every_number_is_drawn_about_as_often_as_the_rate_says() -> None:
    frame = [f"{n}" for n in range(20)]
    times = dict.fromkeys(frame, 0)
    for seed in range(2_000):
        for no in drawn(str(seed), frame, 3_000):
            times[no] += 1
    assert all(450 < count < 750 for count in times.values()), times  # 600 expected, sigma 20


def test_a_list_with_one_number_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="重复"):
        drawn("a", ["1", "1"], 3_000)


def test_a_rate_above_one_is_refused() -> None:
    with pytest.raises(ValueError, match="100%"):
        needed(3, 10_001)
