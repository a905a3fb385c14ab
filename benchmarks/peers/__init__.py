"""Other OpenID Providers, set up as the bridge is, that the same people sign in at."""
