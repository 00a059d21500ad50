#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Runs the ```console blocks of Markdown files and compares what is printed with what the text says.

    sessions.py [--update] FILE...

Each block is one shell: the lines that begin with "$ " are run in turn ("> " continues a line), what follows is
what they print, on both streams, without the note that the system is simulated. A line "..." stands for any number
of lines, and a version number for any. --update writes what is printed today into the blocks, except where "..." covers it. $NVMEKIT is called
nvmekit. Speaks TAP: one test per block.
"""
import os
import re
import subprocess
import sys
import tempfile

MARK = "\x1e"
VERSION = re.compile(r'"version":"[0-9.]*"')
NOTE = re.compile(r"^nvmekit: simulated system '[^']*', not this machine\n", re.M)


def steps(block):
    """[(command, [lines of output])], a command with its continuation lines."""
    out = []
    for line in block:
        if line.startswith("$ "):
            out.append([line[2:], []])
        elif line.startswith("> ") and out and not out[-1][1]:
            out[-1][0] += "\n" + line[2:]
        elif out:
            out[-1][1].append(line)
        else:
            raise SystemExit(f"a console block begins with output: {line}")
    return out


def run(commands, folder):
    """What each command printed, lines; all in one shell."""
    script = "".join(f"(exit $rc)\n{c}\nrc=$?; printf '{MARK}'\n" for c in commands)
    env = dict(os.environ, PATH=folder + ":" + os.environ["PATH"], LC_ALL="C.UTF-8", NVMEKIT_SYSTEM="demo")
    done = subprocess.run(["bash", "-c", "rc=0\n" + script], env=env, cwd=folder, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    parts = done.stdout.split(MARK)
    if len(parts) != len(commands) + 1:
        raise SystemExit(f"the shell ended early:\n{done.stdout}")
    return [NOTE.sub("", p).splitlines() for p in parts[:-1]]


def matches(want, got):
    if not want:
        return not got
    if want[0] == "...":
        return any(matches(want[1:], got[i:]) for i in range(len(got) + 1))
    return bool(got) and VERSION.sub("", want[0]) == VERSION.sub("", got[0]) and matches(want[1:], got[1:])


def blocks(lines):
    """(first, end) of the contents of each console block."""
    start = None
    for i, line in enumerate(lines):
        if start is None and line == "```console":
            start = i + 1
        elif start is not None and line == "```":
            yield start, i
            start = None


def main(args):
    update = args[:1] == ["--update"]
    number, failed = 0, 0
    for path in args[update:]:
        with open(path, encoding="utf-8") as f:
            lines = f.read().split("\n")
        edits = []
        for start, end in blocks(lines):
            number += 1
            wanted = steps(lines[start:end])
            with tempfile.TemporaryDirectory() as folder:
                os.symlink(os.path.abspath(os.environ["NVMEKIT"]), folder + "/nvmekit")
                got = run([c for c, _ in wanted], folder)
            text = []
            bad = []
            for (command, want), have in zip(wanted, got):
                fits = matches(want, have)
                if not fits:
                    bad.append((command, want, have))
                text.append("$ " + command.replace("\n", "\n> "))
                text += want if fits else have
            edits.append((start, end, "\n".join(text).split("\n")))
            print(f"{'not ok' if bad else 'ok'} {number} {path}:{start}: {wanted[0][0]}".replace("\n", " "))
            for command, want, have in bad:
                failed += 1
                for line in ["$ " + command, "the text says:"] + want + ["it prints:"] + have:
                    print("# " + line)
        if update:
            for start, end, text in reversed(edits):
                lines[start:end] = text
            with open(path, "w", encoding="utf-8") as f:
                f.write("\n".join(lines))
    print(f"1..{number}")
    return bool(failed) or not number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
