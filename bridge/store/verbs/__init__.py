"""The verbs of ``bridge.store.Store``, by what they are about."""
