"""Makes a new service of the house's shape: ``make new-service NAME=warehouse``."""
