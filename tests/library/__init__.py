"""Two small services, declared only: a library whose books name people, and the register that knows the people."""
