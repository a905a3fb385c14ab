"""All that one database holds, put into another: from SQLite to PostgreSQL, or back."""

from bridge.store.copying.contents import Contents, NotEmpty, copy_out, put_in

__all__ = ["Contents", "NotEmpty", "copy_out", "put_in"]
