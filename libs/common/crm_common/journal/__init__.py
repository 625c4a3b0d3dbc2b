"""What happened, written with the change itself: the audit trail, the history of a record, the source of every message."""
