"""The second factor: codes that change every 30 s (RFC 6238), each good once, and recovery codes."""

from __future__ import annotations

import hashlib
from datetime import datetime

import pyotp

STEP = 30
# A telephone's clock may be one step off.
DRIFT = 1


def step_of(secret: str, code: str, now: datetime, last_step: int | None) -> int | None:
    """The time step that ``code`` belongs to, or None when it is wrong or was used already (by ``last_step``)."""
    totp = pyotp.TOTP(secret, interval=STEP)
    present = int(now.timestamp()) // STEP
    found = None
    for step in range(present - DRIFT, present + DRIFT + 1):
        # every step is compared, so that the time taken tells nothing
        matches = pyotp.utils.strings_equal(totp.generate_otp(step), code.strip())
        if matches and (last_step is None or step > last_step):
            found = step
    return found


def recovery_hash(code: str) -> str:
    """What is kept of a recovery code: it is long and random, so a plain hash is enough."""
    return hashlib.sha256("".join(code.split()).replace("-", "").lower().encode()).hexdigest()


def uri(secret: str, login_name: str, company: str) -> str:
    """The ``otpauth://`` address that an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=login_name, issuer_name=company)
