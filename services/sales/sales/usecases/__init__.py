"""One function per command: load → domain → save + record, in one transaction."""
