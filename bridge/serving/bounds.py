"""What connections may take: time, bytes, and how many there may be."""

import resource
from dataclasses import dataclass

# Open files for all else: the database, WeChat, relying parties, the log
KEPT_FREE = 512


@dataclass(frozen=True, slots=True)
class Bounds:
    """Times are in seconds, sizes in bytes."""

    # Until all headers are there, from the connection or from the first byte of a later request on
    head: float = 10
    # From then on until the body is there
    body: float = 30
    # For the other side to take some more of an answer, and for the end of a connection
    unread: float = 30
    # For the next request on the same connection: longer than a load balancer's 60
    keep_alive: int = 75
    # The request line with the headers; the application says more exactly what it wants.
    largest_head: int = 131_072
    # A body that the application does not want is thrown away up to here.
    largest_body: int = 1_048_576
    connections: int = 4_096


def room_for(connections: int) -> int:
    """Let this process open as many files as it may; how many connections it then has room for.

    Systems let a process open 1,024 files unless it asks for more (getrlimit(2)).
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + KEPT_FREE
    if 0 <= soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft < 0:  # no limit at all
        return connections
    return min(connections, soft - min(KEPT_FREE, soft // 2))
