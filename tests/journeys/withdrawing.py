"""What an operator takes back while a person is at WeChat."""

from dataclasses import replace

from tests.world import World


async def withdraw_address(a_world: World) -> None:
    """Register another redirect URI in place of the one to which the answer was to go."""
    elsewhere = ("https://elsewhere.example/",)
    await a_world.provider.store.change_client(
        "rp", lambda known: replace(known, redirect_uris=elsewhere)
    )
