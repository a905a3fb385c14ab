"""The picture of the results."""

import pytest
from defusedxml.ElementTree import fromstring

from benchmarks.drawing import as_svg, label_of, worth_drawing
from tests.benchmarks.examples import row

SVG = "{http://www.w3.org/2000/svg}"
ROWS = (row("first-sign-in", cost=2_700), row(), row("<&> \"'", cost=100))


def test_the_picture_is_xml_with_a_bar_for_each_row_as_long_as_its_work() -> None:
    picture = fromstring(as_svg(ROWS))
    assert picture.tag == f"{SVG}svg"
    widths = [int(bar.attrib["width"]) for bar in picture.iter(f"{SVG}rect")]
    assert len(widths) == len(ROWS)
    assert widths[0] / widths[1] == pytest.approx(3, abs=0.05)
    bottom = max(int(bar.attrib["y"]) for bar in picture.iter(f"{SVG}rect"))
    assert bottom < int(picture.attrib["height"])


def test_who_cannot_see_the_picture_is_told_all_of_it() -> None:
    picture = fromstring(as_svg(ROWS))
    assert picture.attrib["role"] == "img"
    ids = picture.attrib["aria-labelledby"].split()
    named = {element.attrib.get("id"): element.text for element in picture}
    told = " ".join(str(named[id_]) for id_ in ids)
    for each in ROWS:
        assert label_of(each) in told
    assert "2,700 µs = 9.0 times RS256 signature" in told


def test_a_picture_of_nothing_is_one_too() -> None:
    assert fromstring(as_svg(())).find(f"{SVG}rect") is None


def test_of_several_numbers_in_flight_the_middle_one_is_drawn() -> None:
    rows = [row(in_flight=number) for number in (1, 8, 128)] + [
        row("jwks"),
        row("start", in_flight=0),
    ]
    assert [(each.what, each.in_flight) for each in worth_drawing(rows)] == [
        ("token", 8),
        ("jwks", 16),
    ]
