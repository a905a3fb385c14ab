"""What is limited. Each is the name of a setting, of which the value is how often."""

from enum import StrEnum


class Limit(StrEnum):
    """What is right passes; what is counted is what may be wrong, or costs before it is known.

    * A client that proves who it is meets none of them. A secret, a token or a code is looked at
      first: it is those that were wrong which are counted, and the one too many is told to wait.
    * Where a request costs much before anybody can tell whether it is good (a page, a call of
      WeChat's, a row), all of them are counted, and the one too many is not begun.
    """

    # All of them are counted
    PAGES = "pages_per_address"
    PUBLIC_REQUESTS = "public_requests_per_address"
    REGISTRATIONS = "registrations_per_address"
    # What was wrong is counted
    CLIENT_FAILURES = "client_failures_per_address"
    FAILURES_OF_A_CLIENT = "client_failures_per_client"
    TOKEN_FAILURES = "token_failures_per_address"
    PUSH_FAILURES = "push_failures_per_address"
    # What was wrong is counted, and then WeChat is not asked
    WECHAT_FAILURES = "wechat_failures_per_address"
    WECHAT_FAILURES_OF_A_CLIENT = "wechat_failures_per_client"
