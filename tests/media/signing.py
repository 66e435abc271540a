"""Signs an image with a C2PA manifest by a chain of certificates made here, as a camera or a generator would."""

import io
import json
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

MODEL = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
MANIFEST = {
    "claim_generator_info": [{"name": "painter", "version": "1"}],
    "assertions": [
        {
            "label": "c2pa.actions.v2",
            "data": {"actions": [{"action": "c2pa.created", "digitalSourceType": MODEL}]},
        }
    ],
}


def signed(picture: bytes, *, elsewhere: str | None = None) -> bytes:
    """A JPEG with its manifest; with `elsewhere`, with a link to it instead."""
    from c2pa import Builder, C2paSignerInfo, Signer

    chain, key = _credentials()
    signer = Signer.from_info(C2paSignerInfo(alg=b"es256", sign_cert=chain, private_key=key, ta_url=None))
    builder, out = Builder(json.dumps(MANIFEST)), io.BytesIO()
    if elsewhere:
        builder.set_no_embed()
        builder.set_remote_url(elsewhere)
    builder.sign(signer, "image/jpeg", io.BytesIO(picture), out)
    return out.getvalue()


@cache
def _credentials() -> tuple[bytes, bytes]:
    top, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate("root", "root", top, top, authority=True)
    leaf = _certificate("leaf", "root", own, top, authority=False)
    chain = b"".join(each.public_bytes(serialization.Encoding.PEM) for each in (leaf, root))
    kind = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return chain, own.private_bytes(*kind)


def _certificate(
    name: str, issuer: str, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey, *, authority: bool
) -> x509.Certificate:
    now = datetime.now(UTC)
    never = "content_commitment key_encipherment data_encipherment key_agreement encipher_only decipher_only"
    usage = dict.fromkeys(never.split(), False)
    usage |= {"digital_signature": not authority, "key_cert_sign": authority, "crl_sign": authority}
    made = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if not authority:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        of = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key())
        made = made.add_extension(of, critical=False)
    return made.sign(by, hashes.SHA256())


def _name(name: str) -> x509.Name:
    parts = ((NameOID.COMMON_NAME, name), (NameOID.ORGANIZATION_NAME, "Made for a test"))
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts])
