"""What is sealed opens only with the same secret, for the same purpose and place."""

import pytest

from crm_common.vault import Vault, VaultError

SECRET = b"s" * 32


def test_a_value_comes_back_and_is_not_readable_meanwhile() -> None:
    vault = Vault(SECRET, "keys")
    sealed = vault.seal("密钥 13812345678".encode(), "signing_key/1")

    assert vault.open(sealed, "signing_key/1") == "密钥 13812345678".encode()
    assert b"13812345678" not in sealed
    assert vault.seal(b"x", "p") != vault.seal(b"x", "p")


@pytest.mark.parametrize(
    ("secret", "purpose", "place"),
    [(b"t" * 32, "keys", "a"), (SECRET, "other", "a"), (SECRET, "keys", "b")],
)
def test_another_secret_purpose_or_place_does_not_open_it(secret: bytes, purpose: str, place: str) -> None:
    sealed = Vault(SECRET, "keys").seal(b"value", "a")

    with pytest.raises(VaultError):
        Vault(secret, purpose).open(sealed, place)


@pytest.mark.parametrize("position", [0, 1, 13, -1])
def test_an_altered_value_does_not_open(position: int) -> None:
    sealed = bytearray(Vault(SECRET, "keys").seal(b"value", "a"))
    sealed[position] ^= 1

    with pytest.raises(VaultError):
        Vault(SECRET, "keys").open(bytes(sealed), "a")


def test_fingerprints_are_equal_for_equal_values_under_one_key_only() -> None:
    vault = Vault(SECRET, "phones")

    assert vault.fingerprint(b"138") == vault.fingerprint(b"138")
    assert vault.fingerprint(b"138") != vault.fingerprint(b"139")
    assert vault.fingerprint(b"138") != Vault(SECRET, "keys").fingerprint(b"138")


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 32 bytes"):
        Vault(b"short", "keys")
