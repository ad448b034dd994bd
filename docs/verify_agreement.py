#!/usr/bin/env python3
"""Checks an exported agreement without the app that made it.

    python3 verify_agreement.py agreement.json

It needs Python 3.9 or later and one package for Ed25519 signatures: `pip install cryptography` (or PyNaCl).
It asks nobody and writes nothing.

What it checks:
  1. The wording you can read in the file is letter by letter the wording whose digest was signed.
  2. Both people, the client and the therapist, have signed "I agree" to exactly this digest, each with a key
     of their own, for the same goal of the same relationship. No signature is taken from anywhere else.
  3. If the file says that one of them has withdrawn the agreement since, that is signed, too.

What it cannot know:
  - Whose keys these are. Anybody can make two keys and sign whatever they like. Each key has a fingerprint of
    eight groups of digits; the app shows it under the person's name. Compare them, with the people themselves.
  - Names and times. The names are what the app called the two; a time is what the signer's clock said.
  - Former keys. Somebody who lost their device and every backup has another key since: the app shows that one, and
    the file says so. That the former key was theirs, too, is what the app that made the file says.
  - What is not in the file: an agreement may have been withdrawn after the file was made, or the file may have
    been made without a withdrawal.

It ends with 0 when everything holds, 1 when something does not, 2 when it could not check.
How everything is written, byte by byte: data-format.md, "An exported agreement".
"""

import base64
import hashlib
import json
import sys

FORMAT, VERSION = "common-ground agreement", 1
ROLES = ("client", "therapist")
KINDS = {1: "agree", 2: "withdraw"}
LEVELS = (-2, -1, 0, 1, 2)
LARGEST = 4 * 1024 * 1024


class Wrong(Exception):
    """Something in the file does not hold."""


def require(holds, otherwise):
    if not holds:
        raise Wrong(otherwise)


# Canonical bytes: fields one after the other, each as its length (4 bytes, big-endian) and its content.


def fields_of(data):
    fields, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        require(at + 4 + length <= len(data), "signed bytes are cut short")
        fields.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return fields


def text_of(field):
    try:
        return field.decode("utf-8")
    except UnicodeDecodeError:
        raise Wrong("a text is not UTF-8") from None


def read_wording(data):
    """The canonical bytes of a wording as what the file shows of them."""
    fields = fields_of(data)
    require(len(fields) >= 4, "the wording is incomplete")
    tag, goal, title, why, *rest = fields
    wording = {"title": text_of(title), "why": text_of(why), "known_by": "", "by_when": None, "scale": []}
    if tag == b"common-ground wording 2":
        require(len(rest) >= 7, "the wording is incomplete")
        wording["known_by"] = text_of(rest[0])
        wording["by_when"] = text_of(rest[1]) or None
        levels = [(level, text_of(text)) for level, text in zip(LEVELS, rest[2:7])]
        wording["scale"] = [{"level": level, "text": text} for level, text in levels if text]
        rest = rest[7:]
    else:
        require(tag == b"common-ground wording 1", "the wording is of a kind that this program does not know")
    require(len(rest) % 2 == 0, "the wording is incomplete")
    pairs = zip(rest[0::2], rest[1::2])
    wording["success"] = [{"by": person.hex(), "text": text_of(text)} for person, text in pairs]
    return goal.hex(), wording


def read_statement(data):
    """The signed bytes of a statement."""
    fields = fields_of(data)
    require(len(fields) == 11 and fields[0] == b"common-ground statement 1", "these are not the bytes of a statement")
    _, relationship, goal, client, therapist, by, key, kind, digest, counter, at = fields
    sizes = [len(field) for field in fields[1:10]]
    require(sizes == [16, 16, 16, 16, 16, 32, 8, 32, 8], "a field of a statement has the wrong size")
    return {
        "relationship": relationship.hex(),
        "goal": goal.hex(),
        "client": client.hex(),
        "therapist": therapist.hex(),
        "by": by.hex(),
        "key": key,
        "says": KINDS.get(int.from_bytes(kind, "big")),
        "digest": digest.hex(),
        "counter": int.from_bytes(counter, "big"),
        "at": text_of(at),
    }


def fingerprint(person, key):
    """What two people compare: the digest of person and key, as eight groups of five digits."""
    digest = hashlib.sha256(b"common-ground fingerprint 1\0" + bytes.fromhex(person) + key).digest()
    numbers = [int.from_bytes(digest[at : at + 4], "big") for at in range(0, 32, 4)]
    return " ".join(f"{number % 100_000:05}" for number in numbers)


# Signatures: the equation is checked by an established library, found when the program begins. What libraries do
# not agree on is refused here: keys and commitments that are points of small order, for which one signature can
# fit many messages (RFC 8032, section 8.9, and the criteria of "verify_strict").

P = 2**255 - 19
D = -121665 * pow(121666, P - 2, P) % P


def is_of_small_order(point):
    y = (int.from_bytes(point, "little") & (2**255 - 1)) % P
    return y in (0, 1, P - 1) or (D * y**4 + 2 * y * y - 1) % P == 0


def find_verifier():
    """A function (key, signature, message) -> whether the signature is valid; None where no library is here."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        def check(key, signature, message):
            try:
                Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
                return True
            except (InvalidSignature, ValueError):
                return False

        return check
    except ImportError:
        pass
    try:
        from nacl.exceptions import BadSignatureError
        from nacl.signing import VerifyKey

        def check(key, signature, message):
            try:
                VerifyKey(key).verify(message, signature)
                return True
            except (BadSignatureError, ValueError):
                return False

        return check
    except ImportError:
        return None


def verify(file, is_valid):
    """Checks everything; returns the statements as they were signed. Raises Wrong where something does not hold."""
    require(file["format"] == FORMAT, "this is not an exported agreement")
    require(file["version"] == VERSION, "the file is of a version that this program does not know")
    require([person["role"] for person in file["people"]] == list(ROLES), "it does not name a client and a therapist")
    ids = {person["role"]: person["person"] for person in file["people"]}
    require(ids["client"] != ids["therapist"], "client and therapist are the same person")
    for person in file["people"]:
        require(set(person.get("fingerprint", "")) <= set("0123456789 "), "a fingerprint is none")

    shown = dict(file["wording"])
    digest, canonical = shown.pop("digest"), base64.b64decode(shown.pop("canonical"), validate=True)
    require(hashlib.sha256(canonical).hexdigest() == digest, "the wording is not the one with this digest")
    goal, wording = read_wording(canonical)
    require(goal == file["goal"], "the wording is of another goal")
    require(shown == wording, "the wording to be read is not the one that was signed")
    require(all(text["by"] in ids.values() for text in wording["success"]), "a third person's words are in it")

    statements = []
    for entry in file["statements"]:
        signed, signature = (base64.b64decode(entry[part], validate=True) for part in ("signed", "signature"))
        said = read_statement(signed)
        require(said["relationship"] == file["relationship"], "a statement is from another relationship")
        require(said["goal"] == file["goal"], "a statement is about another goal")
        require(said["digest"] == digest, "a statement is about another wording")
        require(all(said[role] == ids[role] for role in ROLES), "a statement is from two other people")
        require(said["by"] in ids.values(), "a statement is by a third person")
        require(said["says"] is not None, "a statement says neither agree nor withdraw")
        told = {part: entry[part] for part in ("by", "says", "at", "key", "fingerprint")}
        key = said["key"]
        true = {**said, "key": key.hex(), "fingerprint": fingerprint(said["by"], key)}
        require(told == {part: true[part] for part in told}, "what is told of a statement is not what was signed")
        require(len(signature) == 64 and not is_of_small_order(key), "a key or signature is malformed")
        require(not is_of_small_order(signature[:32]), "a key or signature is malformed")
        require(is_valid(key, signature, signed), "a signature is not valid")
        statements.append(true)
    for role in ROLES:
        agreed = any(said["by"] == ids[role] and said["says"] == "agree" for said in statements)
        require(agreed, f"the {role} has not signed that they agree")
    keys = {said["key"]: said["by"] for said in statements}
    require(all(keys[said["key"]] == said["by"] for said in statements), "two people have signed with one key")
    return statements


def no_part_twice(pairs):
    require(len(dict(pairs)) == len(pairs), "a part of the file stands there twice")
    return dict(pairs)


def without_controls(text):
    """A text as a terminal may show it: whoever made the file may have put anything into it."""
    harmless = "\n\t\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
    return "".join(sign if sign.isprintable() or sign in harmless else "\N{REPLACEMENT CHARACTER}" for sign in text)


def report(file, statements):
    """What was checked, in plain words."""
    wording, roles = file["wording"], {person["person"]: person["role"] for person in file["people"]}
    names = {person["person"]: f"{person['name']} ({person['role']})" for person in file["people"]}
    lines = ["VALID: both have signed that they agree to exactly this wording.", "", "Title: " + wording["title"]]
    if wording["why"]:
        lines.append("Why: " + wording["why"])
    for text in wording["success"]:
        lines.append(f"Success, to the {roles[text['by']]}: {text['text']}")
    if wording["known_by"]:
        lines.append("How both will know: " + wording["known_by"])
    if wording["by_when"]:
        lines.append("Until: " + wording["by_when"])
    for level in wording["scale"]:
        lines.append(f"Scale {level['level']:+}: {level['text']}")
    lines += ["Digest: " + wording["digest"], ""]
    shows = {person["person"]: person["fingerprint"] for person in file["people"] if "fingerprint" in person}
    has_former = False
    for said in statements:
        verb = {"agree": "agrees", "withdraw": "WITHDRAWS THE AGREEMENT"}[said["says"]]
        lines.append(f"{names[said['by']]} {verb}, by their own clock at {said['at']}")
        lines.append("    with the key whose fingerprint is " + said["fingerprint"])
        now = shows.get(said["by"], said["fingerprint"])
        if now != said["fingerprint"]:
            lines.append("    a former key of theirs, says the app that made this file: now it shows " + now)
            has_former = True
    # What each has said last holds: the highest counter, and of two statements with the same the withdrawal.
    latest = {}
    for said in sorted(statements, key=lambda said: (said["counter"], said["says"])):
        latest[said["by"]] = said["says"]
    gone = [names[person] for person in latest if latest[person] == "withdraw"]
    if gone:
        lines += ["", "It is no longer in force: withdrawn by " + " and ".join(gone) + "."]
    lines += [
        "",
        "This program cannot know whose keys these are: compare the fingerprints with those that the app",
        "shows, with the people themselves. Names and times are what the two said of themselves. A withdrawal",
        "that is not in this file is unknown to it.",
    ]
    if has_former:
        lines += [
            "A former key is no longer shown: compare its fingerprint with what was noted when it was. That it was",
            "theirs, and why they have another now, the two people can tell, and this file cannot prove.",
        ]
    return without_controls("\n".join(lines))


def main(arguments):
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__.strip())
        return 2
    is_valid = find_verifier()
    if is_valid is None:
        print("It could not check: it needs the package cryptography or PyNaCl (pip install cryptography).")
        return 2
    try:
        with open(arguments[0], "rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        print(f"It could not check: the file cannot be read ({error.strerror}).")
        return 2
    try:
        require(len(data) <= LARGEST, "it is larger than any agreement")
        file = json.loads(data, object_pairs_hook=no_part_twice)
        statements = verify(file, is_valid)
        text = report(file, statements)
    except Wrong as wrong:
        print(f"NOT VALID: {wrong}.")
        return 1
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        print("NOT VALID: this is not an exported agreement, or a part of it is missing.")
        return 1
    sys.stdout.reconfigure(errors="replace")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
