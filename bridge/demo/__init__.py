"""A relying party to click on: what an app sees when a person signs in through an OpenID Provider.

It is a stranger here. It knows an issuer, a client id and a secret, like any other app, and is
written with Authlib's client; nothing in it depends on who the provider is.
"""

from bridge.demo.app import create_relying_party

__all__ = ["create_relying_party"]
