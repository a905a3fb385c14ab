"""The load generator: relying parties and their people's browsers, in a process of their own.

It trusts nobody: signature, ``nonce`` and ``at_hash`` of every ID Token are verified.
"""
