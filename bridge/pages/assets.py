"""The files that pages refer to, as bytes that are read once."""

from pathlib import Path
from typing import Final

_STATIC: Final = Path(__file__).parent / "static"

STYLESHEET: Final = (_STATIC / "style.css").read_bytes()
"""``text/css``, at ``/static/style.css``."""

FORM_POST_SCRIPT: Final = (_STATIC / "form-post.js").read_bytes()
"""``text/javascript``, at ``/static/form-post.js``."""

SIGNED_OUT_SCRIPT: Final = (_STATIC / "signed-out.js").read_bytes()
"""``text/javascript``, at ``/static/signed-out.js``."""

DEFAULT_AVATAR: Final = (_STATIC / "avatar.png").read_bytes()
"""``image/png``, 256 by 256, at ``/avatar/default.png``: the picture of who has none."""
