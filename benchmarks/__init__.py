"""What a sign-in costs, measured on the real thing and beside its floor.

``python -m benchmarks --help``; what was found is in ``docs/performance.md``.
"""
