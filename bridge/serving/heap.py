"""What is there when serving begins stays until the end: nobody has to look for garbage in it."""

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def settled() -> Generator[None]:
    """Spare the garbage collector all that there is now, while the context lasts.

    Each of its passes writes to every object that it looks at. Processes that are forked meanwhile
    would soon have copies of their own of what they share.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
