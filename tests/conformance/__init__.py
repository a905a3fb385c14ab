"""The OpenID Foundation's suite, played: what its modules demand of a provider, each a test.

``table`` lists the plans, their modules and the variants in which each runs; docs/conformance.md is
made from it. The suite's own client, its site on https and its browser without scripts are in
``suite``, ``site`` and ``browser``; the modules are functions, named as the suite names them. What
the suite only warns of fails here.
"""
