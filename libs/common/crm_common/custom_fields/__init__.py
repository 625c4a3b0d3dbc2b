"""Fields that a company defines for its own records (CFD-01 … 03): definitions, values, storage, reading, indexes.

`definitions`, `editing` and `values` are pure: a service's domain may use them. The package itself imports nothing.
"""
