"""How an application meets the network: uvicorn, and bounds on what one connection may take."""

from bridge.serving.bounds import Bounds, room_for
from bridge.serving.heap import settled
from bridge.serving.server import Server
from bridge.serving.worker import Timing, Worker, until_told
from bridge.serving.workers import NoWorkers, Workers

__all__ = [
    "Bounds",
    "NoWorkers",
    "Server",
    "Timing",
    "Worker",
    "Workers",
    "room_for",
    "settled",
    "until_told",
]
