"""Where messages are delivered to in tests: a real mail server, a real HTTP server, on this machine."""
