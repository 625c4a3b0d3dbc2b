"""What happened, written with the change itself: the audit trail, a record's history, the source of messages."""
