#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Runs the examples in the help of every command with -o json on the built-in simulated system, as they stand, as dry
runs, and with an answer for the gate, and validates each document with the schema of its command.

Takes no arguments; $NVMEKIT is the program. The files that examples name are in the current folder. Prints what is
wrong, and at the end how many documents there were; exits with 1 if anything was.
"""
import json
import os
import shlex
import subprocess
import sys

import jsonschema

PROGRAM = os.environ["NVMEKIT"]
bad = 0
answers = errors = plans = 0


def run(args):
    done = subprocess.run([PROGRAM, "--system=demo", *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, timeout=60, check=False)
    return done.returncode, done.stdout


def validator(command):
    code, text = run(["schema", command])
    if code:
        return None
    schema = json.loads(text)
    return jsonschema.validators.validator_for(schema)(schema)


def check(words, by):
    """One document of a line, judged by the schema of its command or by that of a plan."""
    global bad, answers, errors, plans
    code, text = run([*words, "-o", "json"])
    try:
        doc = json.loads(text)
    except ValueError:
        bad += 1
        print(f"{shlex.join(words)}: exit code {code}, no JSON: {text[:80]!r}")
        return
    plan = doc["nvmekit"]["schema"] == "dry-run/1"
    if "error" in doc:
        errors += 1
    elif plan:
        plans += 1
    else:
        answers += 1
    if ("error" in doc) != (code not in (0, 9, 10, 16)) and code != 9:
        bad += 1
        print(f"{shlex.join(words)}: exit code {code} with an answer, or 0 with an error")
    for e in list((PLAN if plan else by).iter_errors(doc))[:3]:
        bad += 1
        print(f"{shlex.join(words)}: {'/'.join(map(str, e.path))}: {e.message[:200]}")


PLAN = validator("dry-run")
for c in json.loads(run(["introspect", "-o", "json"])[1])["commands"]:
    by = validator(c["name"])
    if not by or not c["examples"]:
        continue
    for example in c["examples"]:
        line = example["command"].split("|")[0].split(">")[0].split("<")[0]
        words = [w for w in shlex.split(line)[1:] if not w.startswith(("-o", "--output-format", "-b", "--raw-binary"))]
        check(words, by)
        words = [w for w in words if w != "--dry-run"]
        if c["alters"]:
            check([*words, "--dry-run"], by)
        if c["gated"]:
            free = [w for w in words if not w.startswith(("--yes", "--expect-"))]
            check([*free, "--force", "--allow-in-use"], by)
print(f"{answers} answers, {errors} errors, {plans} plans")
sys.exit(bad > 0 or answers < 40 or plans < 25)
