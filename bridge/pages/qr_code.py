"""A QR code of ours, drawn into the page (ISO/IEC 18004)."""

from typing import Final

import segno
from markupsafe import Markup

# More makes a code so dense that a camera has trouble with it on a screen.
LONGEST: Final = 300


def qr_code(text: str) -> Markup | None:
    """Return the code as an SVG element that fills its place; None where the text is too long.

    It is dark on light whatever the page is, because cameras expect that, and has the margin of
    four modules that they need.
    """
    if len(text.encode()) > LONGEST:
        return None
    code = segno.make(text, error="m", micro=False)
    return Markup(  # noqa: S704 - numbers and letters of the library's own, none of the text's
        code.svg_inline(
            border=4, omitsize=True, svgclass=None, lineclass=None, dark="#000", light="#fff"
        )
    )
