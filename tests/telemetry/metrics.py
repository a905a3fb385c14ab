"""Every metric that the bridge tells, with its labels."""

from bridge.endpoints.facts import FACTS
from bridge.telemetry import Meters

METRICS = {
    name: set(labels)
    for name, labels in (
        *Meters().labels.items(),
        *((name, labels) for name, (_, labels) in FACTS.items()),
    )
}
