"""Who asks too often: what is counted, for whom, and how long they then wait.

``limit`` names what is limited, ``rates`` reads how often, ``counted`` says for whom; these are
values. ``memory`` counts within this process, ``shared`` in Redis for all of them, ``refusals``
keeps the log short, and ``limiter`` is what they are together. The notation of rates and the
script that counts in Redis are those of the library ``limits``, which only ``shared`` imports.
"""

from bridge.limiting.counted import Address, address_block, read_address
from bridge.limiting.limit import Limit
from bridge.limiting.limiter import RateLimiter, Refused
from bridge.limiting.rates import Rate, Storage, read_rate, read_storage

__all__ = [
    "Address",
    "Limit",
    "Rate",
    "RateLimiter",
    "Refused",
    "Storage",
    "address_block",
    "read_address",
    "read_rate",
    "read_storage",
]
