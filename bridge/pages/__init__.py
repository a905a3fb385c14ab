"""What a person sees: pages in their language, one stylesheet, scripts that press a button.

A page is a function of its arguments: it reads no request, no setting and no clock. Names of
people and clients are data in it, escaped and isolated, never interpreted. The ids of elements
(`#wechat-login`, `#cancel`, `#allow`, `#deny`, `#error` and others) are stable, because browsers
are driven by them.
"""

from bridge.pages.account import account_page
from bridge.pages.assets import DEFAULT_AVATAR, SCRIPTS, STYLESHEET
from bridge.pages.consent import consent_page
from bridge.pages.form_post import form_post_page
from bridge.pages.language import LANGUAGES, choose_language
from bridge.pages.logout import logout_page, signed_out_page, stayed_page
from bridge.pages.problem import SITUATIONS, problem_page
from bridge.pages.sign_in import NOTICES, WAYS, Offer, sign_in_page, to_top_page

__all__ = [
    "DEFAULT_AVATAR",
    "LANGUAGES",
    "NOTICES",
    "SCRIPTS",
    "SITUATIONS",
    "STYLESHEET",
    "WAYS",
    "Offer",
    "account_page",
    "choose_language",
    "consent_page",
    "form_post_page",
    "logout_page",
    "problem_page",
    "sign_in_page",
    "signed_out_page",
    "stayed_page",
    "to_top_page",
]
