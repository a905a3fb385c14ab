"""Races between processes over one PostgreSQL: of all who do the same at once, one has done it.

``python -m tests.races --races 10000`` runs them on a server of its own and prints the counts.
"""
