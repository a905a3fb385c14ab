"""By which way a person comes from the authorization request back to the relying party."""

import html
import re
from dataclasses import dataclass
from urllib.parse import urljoin

from benchmarks.load.browser import Browser, Unexpected

WECHAT_LINK = re.compile(
    r'id="wechat-login"[^>]*? href="([^"]+)"|href="([^"]+)"[^>]*? id="wechat-login"'
)
# WeChat's own browser, on a phone
IN_WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 MicroMessenger/8.0.50"
)


@dataclass(frozen=True, slots=True)
class Bridge:
    """Two requests to the bridge, and one to WeChat between them."""

    in_wechat: bool = False

    async def reach_code(self, browser: Browser, request: str, person: str) -> str:
        """Sign the person in; return the address at the relying party that they are sent to."""
        if self.in_wechat:
            browser.user_agent = IN_WECHAT
        page = await browser.get(request, status=200)
        found = WECHAT_LINK.search(page.text)
        if found is None:
            raise Unexpected(f"no way to WeChat: {page.text[:500]}")
        url = html.unescape(found[1] or found[2]).partition("#")[0]
        wechat = Browser(browser.http, browser.address, browser.user_agent)
        if self.in_wechat:
            wechat.cookies["simulated-wechat-person"] = person
            back = await wechat.get(url)
        else:
            back = await wechat.post(url, {"person": person, "answer": "approve"}, status=302)
        return (await browser.get(back.location)).location


@dataclass(frozen=True, slots=True)
class NodeOIDCProvider:
    """Its page, what is posted from there, and back: four requests to it."""

    async def reach_code(self, browser: Browser, request: str, person: str) -> str:
        """Sign the person in; return the address at the relying party that they are sent to."""
        page = urljoin(request, (await browser.get(request, status=303)).location)
        await browser.get(page, status=200)
        resume = await browser.post(f"{page}/login", {"login": person})
        return (await browser.get(urljoin(request, resume.location), status=303)).location


def site_named(name: str, *, in_wechat: bool) -> Bridge | NodeOIDCProvider:
    return Bridge(in_wechat) if name == "bridge" else NodeOIDCProvider()
