"""What the operating system counts of a process and all its children (Linux, proc(5))."""

from pathlib import Path

PROC = Path("/proc")
NANOSECONDS = 1_000_000_000
KIB = 1_024


def family(pid: int) -> list[int]:
    """Return the process, its children and theirs."""
    found = [pid]
    for parent in found:
        for task in (PROC / str(parent) / "task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def cpu_seconds(pid: int) -> float:
    """Return user and system time of the process, its threads and its children.

    From the scheduler's nanoseconds: the clock ticks of ``stat`` are of ten milliseconds.
    """
    return sum(
        int((task / "schedstat").read_text().split()[0])
        for process in family(pid)
        for task in (PROC / str(process) / "task").iterdir()
    ) / (NANOSECONDS)


def memory(pid: int) -> int:
    """Return the bytes of memory that the process and its children take, what they share once."""
    return sum(_pss(process) for process in family(pid))


def _pss(pid: int) -> int:
    told = (PROC / str(pid) / "smaps_rollup").read_text()
    return next(int(line.split()[1]) * KIB for line in told.splitlines() if line[:4] == "Pss:")
