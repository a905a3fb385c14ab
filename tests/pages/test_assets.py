import re
import struct

import pytest

from bridge.pages import DEFAULT_AVATAR, STYLESHEET

CSS = STYLESHEET.decode()
# Text, and what it stands on.
PAIRS = [
    ("text", "card"),
    ("text", "page"),
    ("text", "box"),
    ("text", "control-over"),
    ("quiet", "card"),
    ("link", "card"),
    ("link", "control-over"),
    ("action-text", "action"),
    ("action-text", "action-over"),
    ("caution-text", "caution"),
]
# What must be seen, but not read.
SHAPES = [("control-edge", "card"), ("focus", "card"), ("focus", "page"), ("action", "card")]


def _colours(scheme: str) -> dict[str, str]:
    light, dark = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", dark if scheme == "dark" else light))


def _luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted([_luminance(one), _luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("pair", PAIRS)
def test_text_has_the_contrast_that_wcag_aa_demands(scheme: str, pair: tuple[str, str]) -> None:
    """WCAG 2.2 §1.4.3."""
    colours = _colours(scheme)
    assert _contrast(colours[pair[0]], colours[pair[1]]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("pair", SHAPES)
def test_controls_and_focus_have_the_contrast_that_wcag_aa_demands(
    scheme: str, pair: tuple[str, str]
) -> None:
    """WCAG 2.2 §1.4.11."""
    colours = _colours(scheme)
    assert _contrast(colours[pair[0]], colours[pair[1]]) >= 3


def test_every_colour_that_is_used_is_defined_for_light_and_dark() -> None:
    used = set(re.findall(r"var\(--([a-z-]+)\)", CSS))
    assert used - {"script-fonts"} == _colours("light").keys() == _colours("dark").keys()


def test_the_stylesheet_needs_nothing_from_elsewhere() -> None:
    assert "@import" not in CSS
    assert "url(" not in CSS


def test_the_default_avatar_is_a_small_square_png() -> None:
    assert DEFAULT_AVATAR.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", DEFAULT_AVATAR[16:24]) == (256, 256)
    assert len(DEFAULT_AVATAR) < 10_000
