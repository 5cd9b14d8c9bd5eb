"""The look keeps its promises: every pair of text and ground can be read, and old browser kernels can draw it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from doudi.web.ui import charts

WEB = Path(__file__).resolve().parents[2] / "doudi" / "web"
STYLES = sorted(p for p in WEB.rglob("*.css") if "vendor" not in p.parts)
TEMPLATES = sorted(WEB.rglob("*.html"))
TOKENS = dict(
    re.findall(
        r"--([\w-]+):\s*(#[0-9a-f]{6});", (WEB / "ui/static/ui/tokens.css").read_text(encoding="utf-8")
    )
)

GROUNDS = ["paper", "ground"]
PAIRS = [
    *(
        (ink, ground)
        for ink in ("ink-900", "ink-600", "qing-700", "qing-600", "zhu-600")
        for ground in GROUNDS
    ),
    *((ink, "qing-50") for ink in ("ink-900", "ink-600", "qing-700", "qing-800", "zhu-600")),
    *((ink, "xing-50") for ink in ("ink-900", "ink-600", "xing-700", "xing-600", "qing-700")),
    *((ink, "zhu-50") for ink in ("ink-900", "zhu-700", "zhu-600")),
    *(("paper", ground) for ground in ("qing-700", "qing-800", "qing-600", "zhu-600")),
    ("xing-600", "paper"),
]
# Shapes that carry meaning beside a word need 3:1 (WCAG 1.4.11).
SHAPES = [("line-field", "paper"), ("qing-600", "paper"), ("zhu-600", "paper"), ("xing-600", "xing-50")]


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_itself() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_can_be_read(ink: str, ground: str) -> None:
    assert contrast(TOKENS[ink], TOKENS[ground]) >= 4.5


@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shapes_can_be_seen(shape: str, ground: str) -> None:
    assert contrast(TOKENS[shape], TOKENS[ground]) >= 3


@pytest.mark.parametrize("colour", charts.PALETTE)
def test_figures_inside_a_bar_can_be_read(colour: str) -> None:
    assert contrast(charts.TEXT_ON[colour], colour) >= 4.5


def test_neighbours_in_a_stack_stay_apart_in_grey() -> None:
    """Printed in grey only lightness is left: two neighbours differ by 1.5:1 at least."""
    for one, other in zip(charts.PALETTE, charts.PALETTE[1:], strict=False):
        assert contrast(one, other) >= 1.5, (one, other)


@pytest.mark.parametrize("style", STYLES, ids=lambda p: p.name)
def test_no_style_asks_for_a_new_browser(style: Path) -> None:
    text = style.read_text(encoding="utf-8")
    for word in ("oklch", "oklab", "color-mix", ":has(", "@container", "@layer", "dvh", "&:"):
        assert word not in text, f"{style.name}: {word}"


@pytest.mark.parametrize("style", STYLES, ids=lambda p: p.name)
def test_every_token_used_is_defined(style: Path) -> None:
    text = (WEB / "ui/static/ui/tokens.css").read_text(encoding="utf-8")
    defined = set(re.findall(r"(--[\w-]+)\s*:", text))
    used = set(re.findall(r"var\((--[\w-]+)", style.read_text(encoding="utf-8")))
    assert used <= defined, used - defined


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda p: p.name)
def test_no_template_needs_unsafe_inline(template: Path) -> None:
    """No inline style, script or handler: the content security policy would refuse it."""
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=", text)
    assert "<style" not in text
    assert not re.search(r"\son[a-z]+=", text)
    assert not re.search(r"<script(?![^>]*\b(?:src|type=\"application/json\"))", text)


def test_the_public_site_is_light() -> None:
    """≤ 150 KB on the first visit, styles counted as they lie on the disk."""
    names = ("tokens.css", "public.css", "print.css", "mark.svg")
    assert sum((WEB / "ui/static/ui" / name).stat().st_size for name in names) < 40_000
