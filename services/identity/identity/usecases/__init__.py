"""One function per command: load, ask the domain, save, say what happened; all in one transaction."""
