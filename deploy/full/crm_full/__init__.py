"""`make up`: the full system as separate processes on this machine. It starts programs and imports none of them."""
