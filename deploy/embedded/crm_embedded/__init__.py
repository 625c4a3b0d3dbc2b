"""The one-process product: the only package that imports every service."""
