"""What devices say on their ports: bytes in any pieces become signs. Nothing here opens anything or knows the time."""
