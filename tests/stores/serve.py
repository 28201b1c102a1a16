"""Starts a real server of each kind that a CSV can be fetched from, on loopback, all with the same files in them.

Usage: serve.py FOLDER AZURITE. Prints one JSON object: the environment that lumsync needs to find each server.
FOLDER receives certificates; AZURITE is the folder of the installed npm package. Ends with its standard input.
"""

import datetime
import functools
import http.server
import ipaddress
import json
import logging
import pathlib
import re
import ssl
import subprocess
import sys
import threading
import urllib.parse
import urllib.request

import boto3
from azure.storage.blob import BlobServiceClient
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from gcp_storage_emulator.handlers.buckets import create_bucket
from gcp_storage_emulator.server import RequestHandler
from gcp_storage_emulator.storage import Storage
from moto.server import ThreadedMotoServer

CSV = b"email,firstName,lastName\nann@example.com,Ann,Smith\nbob@example.org,Bob,O'Brien\n"
KEY = "exports/users today.csv"
BUCKET = "people"
# The account that every Azure storage emulator has.
AZURE_ACCOUNT = "devstoreaccount1"
AZURE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def serve_s3():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    endpoint = "http://%s:%d" % server.get_host_and_port()
    credentials = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=endpoint, **credentials)
    client.create_bucket(Bucket=BUCKET)
    client.put_object(Bucket=BUCKET, Key=KEY, Body=CSV)
    return {
        "AWS_ENDPOINT": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
    }


class GoogleHandler(RequestHandler):
    """The emulator, with the two headers that Google's own answers have and its answers lack."""

    def end_headers(self):
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT")
        super().end_headers()


def serve_google():
    storage = Storage(use_memory_fs=True)
    create_bucket(BUCKET, storage)
    server = http.server.HTTPServer(("127.0.0.1", 0), functools.partial(GoogleHandler, storage))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    address = f"{endpoint}/{BUCKET}/{urllib.parse.quote(KEY)}"
    urllib.request.urlopen(urllib.request.Request(address, data=CSV, method="PUT")).read()
    return {"GOOGLE_BASE_URL": endpoint, "GOOGLE_SKIP_SIGNATURE": "true"}


def serve_azure(azurite):
    command = ["node", azurite + "/dist/src/blob/main.js", "--blobPort", "0", "--inMemoryPersistence",
               "--skipApiVersionCheck", "--disableTelemetry"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    for line in process.stdout:
        found = re.search(r"listens on (http://127\.0\.0\.1:\d+)", line)
        if found:
            break
    else:
        sys.exit("the Azure server did not start")
    threading.Thread(target=process.stdout.read, daemon=True).start()
    endpoint = f"{found.group(1)}/{AZURE_ACCOUNT}"
    service = BlobServiceClient(endpoint, credential={"account_name": AZURE_ACCOUNT, "account_key": AZURE_KEY})
    service.create_container(BUCKET).upload_blob(KEY, CSV)
    return process, {
        "AZURE_STORAGE_ACCOUNT_NAME": AZURE_ACCOUNT,
        "AZURE_STORAGE_ACCOUNT_KEY": AZURE_KEY,
        "AZURE_STORAGE_ENDPOINT": endpoint,
    }


def write_certificate(folder):
    """An authority of our own, and a certificate of it for the loopback address."""
    now = datetime.datetime.now(datetime.timezone.utc)
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name, name = (x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)]) for text in ("root", "loopback"))

    def certify(subject, public_key, serial, *extensions):
        builder = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(root_name).public_key(public_key)
            .serial_number(serial).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
        )
        for extension, is_critical in extensions:
            builder = builder.add_extension(extension, critical=is_critical)
        return builder.sign(root_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    addresses = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    root, pem, secret = (folder / name for name in ("root.pem", "certificate.pem", "key.pem"))
    root.write_bytes(certify(root_name, root_key.public_key(), 1, (x509.BasicConstraints(True, None), True)))
    pem.write_bytes(certify(name, key.public_key(), 2, (x509.BasicConstraints(False, None), True), (addresses, False)))
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                         serialization.NoEncryption()))
    return root, pem, secret


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def serve_https(folder):
    files = folder / "web"
    (files / "exports").mkdir(parents=True)
    (files / KEY).write_bytes(CSV)
    root, pem, secret = write_certificate(folder)
    handler = functools.partial(QuietHandler, directory=str(files))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return {"SSL_CERT_FILE": str(root), "URL": f"https://127.0.0.1:{server.server_address[1]}"}


def main():
    logging.disable(logging.CRITICAL)
    folder, azurite = pathlib.Path(sys.argv[1]), sys.argv[2]
    process, azure = serve_azure(azurite)
    try:
        servers = {"s3": serve_s3(), "gs": serve_google(), "az": azure, "https": serve_https(folder)}
        print(json.dumps(servers), flush=True)
        sys.stdin.read()
    finally:
        process.terminate()
        process.wait()


main()
