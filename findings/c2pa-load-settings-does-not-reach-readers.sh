#!/usr/bin/env bash
# Finding: c2pa-python's load_settings does not reach a Reader, which fetches a remote manifest all the same
# Seen with: c2pa-python 0.38.1 (c2pa-rs 0.91.3), cryptography 50.0.2
# Expected: after load_settings({"verify": {"remote_manifest_fetch": False}}) reading a file asks no server
# Seen: load_settings takes it without a word and the Reader asks the server named in the file; with
# Context(settings=Settings.from_dict(...)) given to the Reader nothing is asked, and it says that it would have to fetch
# Exits 0 while the behaviour is as seen, and with another status once it has changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet c2pa-python==0.38.1 cryptography==50.0.2 pillow==13.0.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import io
import json
import sys
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image

asked = []


class Server(BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append(self.path)
        self.send_error(404)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()

now = datetime.now(timezone.utc)
keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]


def certificate(name, key, authority):
    def named(text):
        parts = ((NameOID.COMMON_NAME, text), (NameOID.ORGANIZATION_NAME, "Made"))
        return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])

    usage = x509.KeyUsage(not authority, False, False, False, False, authority, authority, False, False)
    made = x509.CertificateBuilder().subject_name(named(name)).issuer_name(named("root"))
    made = made.public_key(key.public_key()).serial_number(x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    made = made.add_extension(x509.BasicConstraints(authority, None), True).add_extension(usage, True)
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    if not authority:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(keys[0].public_key())
        made = made.add_extension(issuer, False)
    return made.sign(keys[0], hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


chain = certificate("leaf", keys[1], False) + certificate("root", keys[0], True)
private = keys[1].private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(alg=b"es256", sign_cert=chain, private_key=private, ta_url=None))
plain, linked = io.BytesIO(), io.BytesIO()
Image.new("RGB", (32, 32), "red").save(plain, "JPEG")
plain.seek(0)
kind = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation"
created = {"actions": [{"action": "c2pa.created", "digitalSourceType": kind}]}
builder = c2pa.Builder(json.dumps({"assertions": [{"label": "c2pa.actions.v2", "data": created}]}))
builder.set_no_embed()
builder.set_remote_url(f"http://127.0.0.1:{server.server_port}/mark.c2pa")
builder.sign(signer, "image/jpeg", plain, linked)


def requests_of(**more):
    asked.clear()
    try:
        c2pa.Reader.try_create("image/jpeg", io.BytesIO(linked.getvalue()), **more)
        said = "nothing"
    except c2pa.C2paError as error:
        said = str(error).split(" from ")[0]
    return len(asked), said


off = {"verify": {"remote_manifest_fetch": False}}
c2pa.load_settings(off)
told = requests_of()
by_context = requests_of(context=c2pa.Context(settings=c2pa.Settings.from_dict(off)))
print("version:", version("c2pa-python"), c2pa.sdk_version())
print("expected: no request after load_settings, none with a Context")
print("seen:", f"{told[0]} request(s) after load_settings; {by_context[0]} with a Context, which says: {by_context[1]}")
sys.exit(0 if told[0] > 0 and by_context[0] == 0 else "the behaviour has changed")
PY
