"""Looks through a folder of .eml files for anybody who was told the same thing twice."""

import collections
import email
import pathlib
import sys

told = collections.Counter()
messages = collections.Counter()
files = sorted(pathlib.Path(sys.argv[1]).glob("*.eml"))
for file in files:
    message = email.message_from_bytes(file.read_bytes())
    messages[message["Message-ID"]] += 1
    for alert in message.get_all("Corewatch-Alert", []):
        told[(message["To"], "".join(alert.split()))] += 1
twice = [key for key, times in [*told.items(), *messages.items()] if times > 1]
print(f"{len(files)} mails, {len(told)} alerts, told twice: {len(twice)}")
if twice or not told:
    sys.exit(f"tests/run: nobody was told anything, or somebody twice: {twice[:3]}")
