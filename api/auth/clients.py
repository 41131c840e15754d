"""How a token request says which client it is from."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import unquote_plus

from api.auth import service
from api.auth.accounts import CLIENT_ID_PATTERN, EMAIL_PATTERN
from api.auth.schemas import TokenRequest


@dataclass(frozen=True)
class GivenClient:
    id: str
    """Lower case, and of the form of a client id, though perhaps nobody's."""
    secret: str
    challenge: dict[str, str]
    """Headers that a refusal must bear."""


def client_of(authorization: str | None, form: TokenRequest) -> GivenClient:
    """The client's id and secret, by HTTP Basic or in the form, and not by both (RFC 6749, 2.3.1)."""
    held = form.client_secret.get_secret_value() if form.client_secret else ""
    challenge: dict[str, str] = {}
    client_id, secret = form.client_id, held
    if authorization is not None:
        if held:
            raise service.bad_token_request(
                "invalid_request", "Send the secret in the form or by HTTP Basic, not both."
            )
        challenge = {"WWW-Authenticate": 'Basic realm="turnstone"'}
        client_id, secret = _basic(authorization)
    if not client_id or not secret:
        raise service.wrong_secret(challenge)
    lowered = service.subject_of(client_id)
    if not re.fullmatch(CLIENT_ID_PATTERN, lowered):
        raise service.wrong_secret(challenge)
    return GivenClient(lowered, secret, challenge)


def is_email(subject: str) -> bool:
    return re.fullmatch(EMAIL_PATTERN, subject) is not None


def _basic(authorization: str) -> tuple[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return "", ""
    client_id, _, secret = decoded.partition(":")
    return unquote_plus(client_id), unquote_plus(secret)
