"""How the simulated WeChat is controlled: resources of JSON, and a page for people.

WeChat has nothing like it. Whoever reaches the simulator may be anyone there, and may change it,
too; but not through a web page that somebody else's browser happens to show (``origins.py``).
"""

from bridge.wechat.simulator.control.resource import BadControl, Resource
from bridge.wechat.simulator.control.serving import Control

__all__ = ["BadControl", "Control", "Resource"]
