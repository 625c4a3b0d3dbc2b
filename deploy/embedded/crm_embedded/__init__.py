"""The one-process product: the only package that imports every service."""

import os

# Nameko imports eventlet, which nothing here uses: 8 MB less without its resolver of names.
os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
