"""Who asks: access tokens verified here, actors asked of identity and kept for seconds, dropped when events say so."""

from gateway.authentication.actors import Actors, Session
from gateway.authentication.tokens import Claims, SigningKeys, Tokens

__all__ = ["Actors", "Claims", "Session", "SigningKeys", "Tokens"]
