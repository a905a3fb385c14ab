"""The files that pages refer to, as bytes that are read once."""

from pathlib import Path
from typing import Final

_STATIC: Final = Path(__file__).parent / "static"

STYLESHEET: Final = (_STATIC / "style.css").read_bytes()
"""``text/css``, at ``/static/style.css``."""

SCRIPTS: Final = {
    name: (_STATIC / name).read_bytes()
    for name in ("form-post.js", "sign-in.js", "signed-out.js", "to-top.js")
}
"""``text/javascript``, each at ``/static/`` and its name."""

DEFAULT_AVATAR: Final = (_STATIC / "avatar.png").read_bytes()
"""``image/png``, 256 by 256, at ``/avatar/default.png``: the picture of who has none."""
