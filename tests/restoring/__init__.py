"""What operators are told to do for backup and restore, done word for word."""
