"""The relying parties that are in the field, as data: what each wants to be registered with.

A file in ``consumers/`` for each, and no rule about one of them elsewhere. A ``Preset`` and the
values of its variables give members of a client (``filled``), and afterwards the consumer's own
settings in its own words (``settings_text``). Neighbours: ``bridge.oidc.client`` has the members.
"""

from bridge.presets.errors import UnfitPreset
from bridge.presets.filling import Filled, filled
from bridge.presets.preset import Preset, Variable
from bridge.presets.reading import preset, preset_names
from bridge.presets.settings_text import Facts, settings_text

__all__ = [
    "Facts",
    "Filled",
    "Preset",
    "UnfitPreset",
    "Variable",
    "filled",
    "preset",
    "preset_names",
    "settings_text",
]
