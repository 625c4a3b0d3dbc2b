"""The only SQL of identity that writes, one module per aggregate; functions of an open transaction's connection."""
