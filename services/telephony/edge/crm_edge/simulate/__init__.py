"""Devices that are not there: each writes to a pseudo-terminal what the real one writes to its serial port."""
