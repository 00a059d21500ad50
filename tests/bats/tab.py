#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Types a line and a TAB into an interactive shell on a terminal of its own, as a person does.

usage: tab.py bash|zsh COMPLETION-FILE LINE

Prints "line: " and what the command line holds afterwards, then what the shell listed. The shell runs
without any start-up file; PATH says which tool it finds.
"""
import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time

INIT = {
    "bash": r"""
PS1='READY> '; HISTFILE=
bind 'set bell-style none'; bind 'set show-all-if-ambiguous on'; bind 'set page-completions off'
bind 'set completion-query-items 0'; bind 'set enable-bracketed-paste off'; bind 'set colored-stats off'
show() { printf '\n<<%s>>\n' "$READLINE_LINE"; }
bind -x '"\C-xp": show'
source "$TAB_FILE"
printf 'IN%s\n' IT-DONE
""",
    "zsh": r"""
PS1='READY> '; PROMPT_EOL_MARK=; unset HISTFILE; LISTMAX=10000; unsetopt beep
fpath=("${TAB_FILE:h}" $fpath)
autoload -Uz compinit && compinit -u -D
show() { print -r -- $'\n'"<<$BUFFER>>" }
zle -N show; bindkey '^Xp' show; bindkey '^I' complete-word
printf 'IN%s\n' IT-DONE
""",
}
ARGV = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"]}


def read_until(fd, mark, seen=""):
    end = time.monotonic() + 60
    while not re.search(mark, seen):
        if time.monotonic() > end or not select.select([fd], [], [], 60)[0]:
            sys.exit("tab.py: no answer from the shell; it said: " + repr(seen))
        try:
            got = os.read(fd, 65536)
        except OSError:
            sys.exit("tab.py: the shell ended; it said: " + repr(seen))
        seen += got.decode("utf-8", "replace").replace("\r", "")
    return seen


def main():
    shell, script, line = sys.argv[1:4]
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="dumb", TAB_FILE=os.path.abspath(script), LC_ALL="C.UTF-8")
        os.execvp(ARGV[shell][0], ARGV[shell])
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 2000, 200, 0, 0))
    for command in INIT[shell].strip().splitlines():
        os.write(fd, command.encode() + b"\n")
    read_until(fd, r"INIT-DONE[\s\S]*READY> ")
    # The shell reads the last key only when it is done with the TAB: there is nothing to wait for.
    os.write(fd, line.encode() + b"\t\x18p")
    seen = read_until(fd, "<<.*>>")
    os.write(fd, b"\x03exit\n")
    os.close(fd)
    os.waitpid(pid, 0)
    print("line: " + re.findall("<<(.*)>>", seen)[-1])
    print(seen[:seen.rindex("<<")])


main()
