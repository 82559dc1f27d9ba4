"""Makes legacy_hashes.json with the real libraries. Run on 2026-11-26 with Python 3.11 and:
pip install werkzeug==3.1.9 django==5.2.19 bcrypt==5.0.0 argon2-cffi==25.1.0 passlib==1.7.4
"""
import hashlib, hmac, json, os, sys

import bcrypt, django
from django.conf import settings
from passlib.hash import scrypt as passlib_scrypt
from werkzeug.security import generate_password_hash

settings.configure(PASSWORD_HASHERS=[
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
    "django.contrib.auth.hashers.BCryptPasswordHasher",
])
django.setup()
from django.contrib.auth.hashers import (
    BCryptPasswordHasher, BCryptSHA256PasswordHasher, PBKDF2PasswordHasher,
    PBKDF2SHA1PasswordHasher, make_password,
)

vectors = []


def add(made_by, password, stored):
    vectors.append({"made_by": made_by, "password": password, "hash": stored})


for password in ["correct horse battery staple", "pässwörd mit Ümlauten 🔑", "x" * 100]:
    add("werkzeug scrypt", password, generate_password_hash(password))
    add("werkzeug scrypt, cheaper", password, generate_password_hash(password, "scrypt:1024:8:2"))
    add("werkzeug pbkdf2", password, generate_password_hash(password, "pbkdf2:sha256:1000"))
    add("werkzeug pbkdf2 sha512", password, generate_password_hash(password, "pbkdf2:sha512:1000"))
    add("werkzeug pbkdf2 sha1", password, generate_password_hash(password, "pbkdf2:sha1:1000"))
    # Up to werkzeug 2.2: one round of HMAC, the salt as its key. Later versions refuse to make it.
    salt = "aB3dE6gH"
    digest = hmac.new(salt.encode(), password.encode(), "sha256").hexdigest()
    add("werkzeug 2.2 sha256", password, f"sha256${salt}${digest}")
    add("django pbkdf2_sha256", password, make_password(password, hasher="pbkdf2_sha256"))
    add("django argon2", password, make_password(password, hasher="argon2"))
    add("django scrypt", password, make_password(password, hasher="scrypt"))
    pbkdf2_sha1 = PBKDF2SHA1PasswordHasher()
    add("django pbkdf2_sha1", password, pbkdf2_sha1.encode(password, pbkdf2_sha1.salt(), 1000))
    for hasher in [BCryptSHA256PasswordHasher(), BCryptPasswordHasher()]:
        # The library refuses more than 72 bytes now, as Django passes them on; earlier ones cut.
        typed = password if hasher.digest else password.encode()[:72].decode()
        stored = hasher.encode(typed, bcrypt.gensalt(4))
        add(f"django {hasher.algorithm}", password, stored)
    for prefix in [b"2a", b"2b"]:
        salt = bcrypt.gensalt(4, prefix=prefix)
        stored = bcrypt.hashpw(password.encode()[:72], salt).decode()
        add(f"bcrypt {prefix.decode()}", password, stored)
    # PHP's name for the same algorithm.
    stored = bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(4, prefix=b"2b")).decode()
    add("bcrypt 2y", password, "$2y$" + stored[4:])
    add("passlib scrypt", password, passlib_scrypt.using(rounds=10, block_size=8, parallelism=1).hash(password))

# What Django 6.0 and 6.1 make by default, and what Devise makes.
password = "correct horse battery staple"
for iterations in [1_200_000, 1_500_000]:
    pbkdf2 = PBKDF2PasswordHasher()
    stored = pbkdf2.encode(password, pbkdf2.salt(), iterations)
    add(f"django pbkdf2_sha256, {iterations}", password, stored)
stored = bcrypt.hashpw(password.encode(), bcrypt.gensalt(12, prefix=b"2a")).decode()
add("devise", password, stored)
add("werkzeug pbkdf2 default", password, generate_password_hash(password, "pbkdf2"))

path = os.path.join(os.path.dirname(__file__), "legacy_hashes.json")
with open(path, "w", encoding="utf-8") as file:
    json.dump(vectors, file, indent=2, ensure_ascii=False)
    file.write("\n")
