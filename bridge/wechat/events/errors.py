"""Why a push is not taken."""


class PushRefused(Exception):
    """What was sent is no push of WeChat's to this application.

    The text is for the log, and repeats nothing that was sent.
    """
