"""How an application meets the network: uvicorn, and bounds on what one connection may take."""

from bridge.serving.bounds import Bounds, room_for
from bridge.serving.server import Server

__all__ = ["Bounds", "Server", "room_for"]
