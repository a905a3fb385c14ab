"""Where a failure happened, without a word of what it says: that may hold a secret."""

from traceback import extract_tb

DEEPEST_FRAMES = 6


def places(failure: BaseException) -> str:
    """Return the innermost places in the code, ``file:line:function``, the innermost first."""
    frames = extract_tb(failure.__traceback__)[-DEEPEST_FRAMES:]
    return " < ".join(
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno}:{frame.name}"
        for frame in reversed(frames)
    )
