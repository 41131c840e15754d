"""Access tokens against those who would forge, bend or borrow them. No database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jose import jwt
from jose.backends.base import Key

from api.auth.keys import as_jwk
from api.auth.tokens import (
    LEEWAY_SECONDS,
    MAX_TOKEN_LENGTH,
    TokenRefusedError,
    issue_access_token,
    key_id_of,
    public_key,
    read_access_token,
)

ISSUER = "turnstone"


class OurKey:
    def __init__(self) -> None:
        private = ec.generate_private_key(ec.SECP256R1())
        self.private_pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        self.public_pem = (
            private.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )
        self.jwk = as_jwk(private.public_key())
        self.kid = self.jwk["kid"]

    @property
    def public(self) -> Key:
        return public_key(self.jwk)


OURS = OurKey()


def good(**changes: Any) -> str:
    chosen: dict[str, Any] = {
        "kid": OURS.kid,
        "private_pem": OURS.private_pem,
        "issuer": ISSUER,
        "principal_id": 7,
        "minutes": 10,
    }
    return issue_access_token(**(chosen | changes)).token


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    right = {
        "iss": ISSUER,
        "aud": "turnstone-api",
        "sub": "7",
        "iat": now,
        "exp": now + 600,
        "jti": "a",
        "typ": "access",
    }
    return {name: value for name, value in (right | changes).items() if value is not None}


def signed(payload: dict[str, Any], **header: Any) -> str:
    """Signed with our own key, whatever it says."""
    headers = {"kid": OURS.kid, "typ": "at+jwt"} | header
    return jwt.encode(payload, OURS.private_pem, algorithm="ES256", headers=headers)


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def read(token: str) -> Any:
    return read_access_token(token, OURS.public, issuer=ISSUER)


class TestAToken:
    def test_says_who_it_is_for_and_until_when(self) -> None:
        held = read(good(scopes=frozenset({"plan:read", "measurement:write"})))
        assert held.principal_id == 7
        assert held.scopes == {"plan:read", "measurement:write"}
        assert held.expires_at - held.issued_at == 600

    def test_without_scopes_is_not_limited(self) -> None:
        assert read(good()).scopes is None

    def test_with_no_scope_at_all_is_limited_to_nothing(self) -> None:
        assert read(good(scopes=frozenset())).scopes == frozenset()

    def test_names_its_key(self) -> None:
        assert key_id_of(good()) == OURS.kid

    def test_differs_from_every_other(self) -> None:
        assert read(good(now=time.time())).jti != read(good(now=time.time())).jti

    def test_is_taken_within_the_leeway_of_two_clocks(self) -> None:
        assert read(good(now=time.time() + LEEWAY_SECONDS - 2)).principal_id == 7
        assert read(good(now=time.time() - 600 - LEEWAY_SECONDS + 2)).principal_id == 7


class TestTimes:
    @pytest.mark.parametrize("shift", [-600 - LEEWAY_SECONDS - 1, -86_400, LEEWAY_SECONDS + 3, 86_400])
    def test_expired_or_issued_in_the_future_is_refused(self, shift: int) -> None:
        with pytest.raises(TokenRefusedError):
            read(good(now=time.time() + shift))

    @pytest.mark.parametrize("exp", ["9999999999", 1e12, True, [1], {}, float("inf")])
    def test_only_whole_seconds_are_times(self, exp: Any) -> None:
        with pytest.raises(TokenRefusedError):
            read(signed(claims(exp=exp)))

    @pytest.mark.parametrize("iat", ["0", 1.5, True, None, [], float("nan")])
    def test_only_whole_seconds_are_issue_times(self, iat: Any) -> None:
        with pytest.raises(TokenRefusedError):
            read(signed(claims(iat=iat)))

    def test_a_start_is_never_written_and_so_refused(self) -> None:
        with pytest.raises(TokenRefusedError):
            read(signed(claims(nbf=0)))


class TestClaims:
    def test_the_helper_makes_a_good_one(self) -> None:
        assert read(signed(claims())).principal_id == 7

    @pytest.mark.parametrize("missing", ["exp", "iat", "sub", "iss", "aud", "jti", "typ"])
    def test_each_is_required(self, missing: str) -> None:
        with pytest.raises(TokenRefusedError):
            read(signed(claims(**{missing: None})))

    @pytest.mark.parametrize(
        ("claim", "value"),
        [
            ("typ", "refresh"),
            ("typ", "id"),
            ("typ", ["access"]),
            ("aud", "another-api"),
            ("aud", ["turnstone-api"]),
            ("aud", ["turnstone-api", "another-api"]),
            ("aud", ""),
            ("iss", "someone"),
            ("iss", ["turnstone"]),
            ("iss", "turnstone2"),
            ("sub", "0"),
            ("sub", "1"),
            ("sub", "-7"),
            ("sub", "7 "),
            ("sub", "٧"),
            ("sub", "07"),
            ("sub", "9" * 30),
            ("sub", 7),
            ("sub", ""),
            ("jti", ""),
            ("jti", 1),
            ("scope", ["plan:read"]),
            ("scope", 1),
        ],
    )
    def test_each_must_be_as_we_write_it(self, claim: str, value: Any) -> None:
        with pytest.raises(TokenRefusedError):
            read(signed(claims(**{claim: value})))

    def test_another_issuer_is_refused(self) -> None:
        with pytest.raises(TokenRefusedError):
            read_access_token(good(issuer="elsewhere"), OURS.public, issuer=ISSUER)


class TestAlgorithms:
    @pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", ""])
    @pytest.mark.parametrize("signature", ["", "A" * 86])
    def test_unsigned_is_refused(self, alg: str, signature: str) -> None:
        header = {"alg": alg, "kid": OURS.kid, "typ": "at+jwt"}
        with pytest.raises(TokenRefusedError):
            read(f"{part(header)}.{part(claims())}.{signature}")

    @pytest.mark.parametrize("secret", ["public_pem", "jwk"])
    @pytest.mark.parametrize("pad_to", [32, 64])
    def test_a_public_key_is_no_shared_secret(self, secret: str, pad_to: int) -> None:
        held = OURS.public_pem.encode() if secret == "public_pem" else json.dumps(OURS.jwk).encode()
        unsigned = f"{part({'alg': 'HS256', 'kid': OURS.kid, 'typ': 'at+jwt'})}.{part(claims())}"
        code = hmac.new(held, unsigned.encode(), hashlib.sha256).digest().ljust(pad_to, b"\0")
        with pytest.raises(TokenRefusedError):
            read(f"{unsigned}.{part(code)}")

    @pytest.mark.parametrize(
        "alg", ["HS256", "HS512", "RS256", "PS256", "ES384", "ES512", "EdDSA", "es256", 1, None]
    )
    def test_a_good_signature_under_another_name_is_refused(self, alg: Any) -> None:
        _, payload, signature = good().split(".")
        header = {"alg": alg, "kid": OURS.kid, "typ": "at+jwt"}
        with pytest.raises(TokenRefusedError):
            read(f"{part(header)}.{payload}.{signature}")

    def test_another_family_of_keys_is_refused(self) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        token = jwt.encode(claims(), pem, algorithm="RS256", headers={"kid": OURS.kid, "typ": "at+jwt"})
        with pytest.raises(TokenRefusedError):
            read(token)

    @pytest.mark.parametrize(
        "held",
        [
            {"kty": "oct", "k": "c2VjcmV0"},
            {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
            {"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"},
            OURS.jwk | {"d": "AQ"},
        ],
    )
    def test_no_other_key_is_taken_for_verifying(self, held: dict[str, str]) -> None:
        with pytest.raises(ValueError, match="P-256"):
            public_key(held)


class TestHeaders:
    @pytest.mark.parametrize(
        "extra",
        [
            {"jwk": OurKey().jwk},
            {"jku": "https://example.test/keys"},
            {"x5u": "https://example.test/cert"},
            {"x5c": ["MII="]},
            {"crit": ["exp"]},
            {"crit": []},
            {"zip": "DEF"},
            {"b64": False},
            {"anything": 1},
        ],
    )
    def test_members_we_never_write_are_refused_though_signed_by_us(self, extra: dict[str, Any]) -> None:
        with pytest.raises(TokenRefusedError):
            read(signed(claims(), **extra))

    def test_a_key_that_came_with_the_token_is_not_used(self) -> None:
        theirs = OurKey()
        headers = {"kid": OURS.kid, "typ": "at+jwt", "jwk": theirs.jwk}
        token = jwt.encode(claims(), theirs.private_pem, algorithm="ES256", headers=headers)
        with pytest.raises(TokenRefusedError):
            read(token)

    @pytest.mark.parametrize("typ", ["JWT", "at+JWT", "", None, "jwt"])
    def test_another_type_is_refused(self, typ: Any) -> None:
        with pytest.raises(TokenRefusedError):
            read(signed(claims(), typ=typ))

    @pytest.mark.parametrize("kid", ["", None, 1, ["a"], {}])
    def test_a_key_must_be_named(self, kid: Any) -> None:
        with pytest.raises(TokenRefusedError):
            key_id_of(signed(claims(), kid=kid))

    def test_a_header_that_is_no_object_is_refused(self) -> None:
        _, payload, signature = good().split(".")
        headers: list[Any] = [[], "ES256", None, b"\xff", b"{", {}]
        for header in headers:
            with pytest.raises(TokenRefusedError):
                key_id_of(f"{part(header)}.{payload}.{signature}")


class TestForm:
    def test_one_bit_changed_anywhere_is_refused(self) -> None:
        token = good()
        for place in [*range(0, len(token), 7), len(token) - 1]:
            # The last character holds four bits that mean nothing: they must not vary either.
            swapped = chr(ord(token[place]) + 1) if token[place] in "AQgw" else "A"
            with pytest.raises(TokenRefusedError):
                read(token[:place] + swapped + token[place + 1 :])

    def test_parts_of_two_good_tokens_are_no_token(self) -> None:
        first, second = good(principal_id=7).split("."), good(principal_id=8).split(".")
        with pytest.raises(TokenRefusedError):
            read(".".join([first[0], second[1], first[2]]))

    def test_signed_by_a_stranger_under_our_key_id_is_refused(self) -> None:
        with pytest.raises(TokenRefusedError):
            read(good(private_pem=OurKey().private_pem))

    @pytest.mark.parametrize(
        "bent",
        [
            lambda t: "",
            lambda t: ".",
            lambda t: "..",
            lambda t: "a.b",
            lambda t: t + ".",
            lambda t: t + "=",
            lambda t: t[:-1],
            lambda t: t + "A",
            lambda t: t.replace(".", "..", 1),
            lambda t: " " + t,
            lambda t: t + "\n",
            lambda t: t[:20] + "\n" + t[20:],
            lambda t: t[:20] + "*" + t[20:],
            lambda t: t + "." + t,
            lambda t: "é" + t,
        ],
    )
    def test_only_the_one_spelling_is_taken(self, bent: Any) -> None:
        with pytest.raises(TokenRefusedError):
            read(bent(good()))

    def test_a_signature_in_the_other_encoding_is_refused(self) -> None:
        head, payload, _ = good().split(".")
        key = serialization.load_pem_private_key(OURS.private_pem.encode(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        from cryptography.hazmat.primitives import hashes

        der = key.sign(f"{head}.{payload}".encode(), ec.ECDSA(hashes.SHA256()))
        with pytest.raises(TokenRefusedError):
            read(f"{head}.{payload}.{part(der)}")

    @pytest.mark.parametrize("half", [b"\0" * 32, b"\xff" * 32])
    def test_degenerate_signatures_are_refused(self, half: bytes) -> None:
        head, payload, _ = good().split(".")
        with pytest.raises(TokenRefusedError):
            read(f"{head}.{payload}.{part(half * 2)}")

    def test_a_giant_is_refused_before_it_is_read(self) -> None:
        with pytest.raises(TokenRefusedError, match="too long"):
            key_id_of("a" * (MAX_TOKEN_LENGTH + 1))
