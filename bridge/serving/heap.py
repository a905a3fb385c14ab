"""What is there when serving begins stays until the end: nobody has to look for garbage in it."""

import gc
from collections.abc import Generator
from contextlib import contextmanager

# So many more objects that can refer to one another than there were: then the youngest are looked
# at. Hardly a request leaves a cycle behind, and as Python is set up there would be a look every
# seven sign-ins.
YOUNG = 5_000


@contextmanager
def settled() -> Generator[None]:
    """Spare the garbage collector all that there is now, while the context lasts.

    Each of its passes writes to every object that it looks at. Processes that are forked meanwhile
    would soon have copies of their own of what they share.
    """
    gc.collect()
    gc.freeze()
    former = gc.get_threshold()
    gc.set_threshold(YOUNG, *former[1:])
    try:
        yield
    finally:
        gc.set_threshold(*former)
        gc.unfreeze()
