"""Why a push is not taken."""


class PushRefused(Exception):
    """What was sent is no push of WeChat's to this application.

    The text is for the log, and repeats nothing that was sent.
    """


class PushUnusable(PushRefused):
    """Whoever sent it knows the Token: a setting is wrong, or WeChat does something new."""
