"""What can be wrong with what somebody wants of a preset."""


class UnfitPreset(ValueError):
    """It cannot be used so; the message says why, in one line for the operator."""
