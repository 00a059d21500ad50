#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Compares 'nvmekit nvme' with a release of nvme-cli on the same drives.

differential.py GROUP VERSION NAME=VALUE...: GROUP is json, pairs, text, errors or fabrics; NAMEs stand in
braces in the commands below. Prints what differs and is not in differences.txt; exits with 1 then.
A line of that file that nothing needs is an error too, unless it is about values that move.
"""
import glob
import json
import os
import re
import subprocess
import sys

CASES = {
    "json": """
list
list -v
list-subsys
list-subsys -v
list-subsys {nb}
list-subsys {nb} -v
show-topology
show-topology -v
show-topology -r ctrl
id-ctrl {c}
id-ctrl {c} -v
id-ctrl {n}
id-ctrl {g}
id-ctrl {cb}
id-ctrl {loop}
id-ns {n}
id-ns {n2}
id-ns {z}
id-ns {g}
id-ns {c} -n 2
id-ns {c} -n 99
id-ns {n} -v
id-ns {n} --force
id-ns {loopns}
smart-log {c}
smart-log {c} -v
smart-log {c} -H
smart-log {n} -n 1
error-log {c}
error-log {c} -e 3
error-log {loop}
fw-log {c}
fw-log {n}
get-log {c} -i 3 -l 64
list-ns {c}
list-ns {c} --all
list-ctrl {c}
list-ctrl {cb} -n 1
show-regs {c}
admin-passthru {c} --opcode=6 --cdw10=1 --data-len=64 -r
admin-passthru {c} --opcode=0x0a --cdw10=7
""",
    "pairs": """
id-ctrl {c}
id-ctrl {cb}
id-ctrl {loop}
id-ns {n}
id-ns {n2}
id-ns {z}
id-ns {c} -n 99
id-ns {loopns}
smart-log {c}
smart-log {c} -v
smart-log {n} -n 1
""",
    "text": """
list
list -v
list-subsys
list-subsys -v
list-subsys {nb}
show-topology
show-topology -v
show-topology --ranking=ctrl
show-topology -r multipath
show-topology -o tabular
id-ctrl {c}
id-ctrl {cb}
id-ctrl {loop}
id-ctrl {c} -V
id-ns {n}
id-ns {n2}
id-ns {c} -n 99
id-ns {n} -V
id-ns {loopns}
error-log {c}
error-log {loop}
error-log {loop} -e 2
fw-log {c}
get-log {c} -i 3 -l 64
get-log {c} -i 3 -l 512 -v
get-log {c} -i 1 -l 64 -v
get-log {c} -i 3 -l 16 -n 1
get-log {c} -i 03 -l 010
list-ns {c}
list-ns {cb} -n 1
list-ctrl {c}
get-ns-id {n}
get-ns-id {g}
ns-rescan {c}
reset {c}
format {n2} -l 4 --force
format {n2} --namespace-id=2 --lbaf=4 -ses=1 --force
show-regs {c}
get-reg {c} --cc --csts
admin-passthru {c} --opcode=6 --cdw10=1 --data-len=64 -r
admin-passthru {c} --opcode=6 --cdw10=1 --data-len=64
admin-passthru {c} -opcode=6 -cdw10=1 -data-len=16 -r -namespace-id=0
admin-passthru {c} --opcode=0x0a --cdw10=7
io-passthru {n} --opcode=2 --data-len=512 -r -n 1
io-passthru {n} --opcode=0 -n 1
id-ctrl {c} -b
id-ns {n} -o binary
fw-log {c} --raw-binary
admin-passthru {c} --opcode=6 --cdw10=1 --data-len=64 -r -b
admin-passthru {c} --opcode=6 --cdw10=1 --data-len=64 -r --dry-run
get-log {c} -i 3 -l 64 -o binary
""",
    "errors": """
id-ctrl
id-ctrl -o json
id-ctrl /dev/nvme99
id-ctrl /dev/nvme99 -o json
id-ctrl /dev/null
id-ctrl /dev/null -o json
id-ctrl /
id-ctrl {c} --nope
id-ctrl {c} --nope -o json
id-ctrl {c} -Z
id-ctrl {c} -o
id-ctrl {c} -o xml
id-ctrl {c} -o JSON
id-ctrl {c} --verbose=2
id-ctrl --help
id-ctrl -h
smart-log {c} --help -o json
list --help
list -o nope
list -o binary
list-subsys nope
list-subsys nope -o json
smart-log
smart-log -o json
smart-log {c} -n -2
smart-log {c} -n -2 -o json
id-ns {c}
id-ns {c} -o json
id-ns {c} -n -1
id-ns {n} -n x
id-ns {n} --namespace-id
error-log {c} -e 0
error-log {c} -e x
get-log {c} -i 2
get-log {c} -i 2 -l 70
get-log {c} -l 64
get-log {c} -i 0x77 -l 64
get-log {c} -i 0x77 -l 64 -o json
get-log {c} -i 2 -l 64 -L 3
admin-passthru {c} --opcode=0xd0
admin-passthru {c} --opcode=0xd0 -o json
admin-passthru {c} --cdw10=1 --data-len=64 -r
admin-passthru {c} --opcode=0x106 -l 16 -r
io-passthru {n} --opcode=2 --cdw10=0x7fffffff -n 1 -l 512 -r
io-passthru {n} --opcode=2 --cdw10=0x7fffffff -n 1 -l 512 -r -o json
io-passthru {n} --opcode=1 -n 1 --input-file=/nonexist -w -l 512
nope
nope -o json
help
--help
-h
version
--version
-version
version --help
help id-ctrl
help nope
id-ctrl {c} extra
id-ct {c}
list extra
--id-ctrl {c}
id-ctrl -- {c}
smart-log {c} -o tabular
id-ctrl {c} --outp json
id-ctrl nvme0
id-ns {n} -n 1k
smart-log {c} -n 0x1ffffffff
io-passthru {n} --opcode=1 -n 1 -w -l 512
list-subsys {c}
list-subsys /dev/nvme99n1
show-topology -r size
show-topology -r
ana-log
ana-log /dev/nvme99
""",
}
# Sessions: each begins without connections and without a configuration, and is run by both. "conf PORT..." writes a
# discovery.conf; {t} is a port over TCP, {d} one with the usual number, {r} refuses.
CASES["fabrics"] = """
discover {t}
discover {t} -o json
discover {t} -o binary
discover -t loop
discover -t loop -o json
discover -t tcp -a 127.0.0.1
discover -t tcp -a 127.0.0.1 -o json
discover {s}
discover {s} -o json
discover {t} -r /tmp/log
discover {t} -p ; list-subsys -o json ; discover {t} ; disconnect -n nqn.2014-08.org.nvmexpress.discovery
discover {t} -persistent ; discover -d nvme5 -o json ; discover --device=/dev/nvme5 ; disconnect-all ; list-subsys -o json
discover ; discover -o json ; connect-all ; connect-all -o json
conf 4420 8009 ; discover ; connect-all ; list-subsys -o json ; connect-all ; disconnect-all
conf 4999 8009 ; discover ; connect-all ; list-subsys -o json
conf 4999 ; discover ; connect-all
discover {r}
discover {r} -o json
discover -t tcp
discover -a 127.0.0.1
discover -t bogus -a 127.0.0.1
discover {t} -n nqn.nope
discover {t} -o xml
discover {t} -d nvme99 -w none --host-iface=none
discover --nbft ; connect-all --nbft
connect {t} -n nqn.t1 ; list-subsys -o json ; list-subsys ; connect {t} -n nqn.t1 ; connect {t} -n nqn.t1 -o json ; disconnect -n nqn.t1 ; disconnect -n nqn.t1
connect {t} -n nqn.t1 -o json ; connect {t} -n nqn.t2 -ojson ; disconnect -n nqn.t2,nqn.t1 ; list-subsys -o json
connect {t} --nqn nqn.t1 -output-format=json ; disconnect -d nvme5 ; list-subsys -o json
connect {t} --nqn nqn.t1 ; connect {t} --nqn nqn.t2 ; disconnect --device=/dev/nvme5,nvme6 ; list-subsys -o json
connect -t loop -n nqn.t1 ; connect -t loop -n nqn.t1 ; connect -t loop -n nqn.t1 -D ; list-subsys -o json ; disconnect-all -r tcp ; list-subsys -o json ; disconnect-all ; list-subsys -o json
connect {t} -n nqn.t1 -v ; disconnect -n nqn.t1 -v
connect {t} -n nqn.t1 -i 1 -W 0 -P 0 -Q 0 -k 0 -c 0 -l 0 -F 0 -T 0 ; attributes
connect {t} -n nqn.t1 -i -1 ; attributes
connect {t} -n nqn.t1 -Q -1 -k -1 -c -1 -l -1 -F -1 -T -1 ; attributes
connect {t} -n nqn.t1 -Q 0x20 -k 010 -c 7 -l 900 -F 8 -T 300 ; attributes
connect {t} -n nqn.t1 --fast_io=9 --keep=11 --ctrl=-1 --recon=3 -hdr-digest -data --nr-io=1 ; attributes
connect {t} -n nqn.t1 -Q 1
connect {t} -n nqn.t1 -l x
connect {t} -n nqn.t1 --nope
connect extra {t} -n nqn.t1 words
connect {t}
connect -n nqn.t1
connect -n nqn.t1 -t tcp
connect -n nqn.t1 -t fc -o json
connect -n nqn.t1 -t bogus -a 1.2.3.4
connect -n nqn.t1 -t tcp -a no.such.host.invalid
connect {r} -n nqn.t1
connect {r} -n nqn.t1 -o json
connect {t} -n nqn.nope
connect {t} -n nqn.secret
connect {t} -n nqn.secret -S {wrong}
connect {t} -n nqn.secret -S nonsense
connect {t} -n nqn.secret -S {secret} -o json
connect {t} -n nqn.t1 --tls
connect {t} -n nqn.t1 --concat
connect {t} -n nqn.t1 --tls --concat
connect {t} -n nqn.t1 -w 10.1.1.1
connect {t} -n nqn.t1 -f nosuch
connect {t} -n nqn.t1 -q nqn.me -I zzz
connect {t} -n nqn.t1 -s none -w none -f none
connect -t tcp -a 127.0.0.1 -n nqn.t2 -o json ; list-subsys -o json
connect {t} -n nqn.t1 -o xml
connect-all {t} ; list-subsys -o json ; connect-all {t} ; connect-all {t} --quiet ; connect-all {t} -o json
connect-all -t loop ; list-subsys -o json
connect-all {t} -r /tmp/log
connect-all {t} -D ; connect-all {t} -D ; list-subsys -o json
connect-all --device=none --transport=tcp --traddr=127.0.0.1 --trsvcid=4420 --host-traddr=none --context=autoconnect ; list-subsys -o json
connect-all -t tcp -a 127.0.0.1 -s 8009 -p ; list-subsys -o json
connect-all {r}
connect-all -t tcp
connect-all {s} ; list-subsys -o json
connect {t} -n nqn.t1 ; config --scan --dump
config -J none -M {t} -n nqn.t2 -l -1 -k 7 -O
config -J none -M {t} -n nqn.t2 --fast_io=9 -O
config -J none -M {t} -n nqn.t2 -i -1 -O
config -J none -M {t} -n nqn.t2 -S {secret} -O
config -M -t tcp -O
config -M -n nqn.t5 -O
config -l x
config
gen-dhchap-key -s {hex}
gen-dhchap-key -s {hex} -m 1 -n nqn.h
gen-dhchap-key -s zz
gen-dhchap-key -l 33
check-dhchap-key -k {secret}
check-dhchap-key -k nonsense
check-dhchap-key
gen-tls-key -s {hex} -m 1
gen-tls-key -m 3
gen-tls-key -i
gen-tls-key -s {hex} -i -n nqn.h -c nqn.s -f /tmp/log
check-tls-key -d {psk} -n nqn.h -c nqn.s
check-tls-key -d {psk} -n nqn.h -c nqn.s -I 1
check-tls-key -d {psk} -n nqn.h -c nqn.s -I 1 -C
check-tls-key -d {psk} -n nqn.h
check-tls-key -n nqn.h -c nqn.s
check-tls-key -d nonsense -n nqn.h -c nqn.s
tls-key
tls-key -i -f /nonexist
nbft show
nbft show --nope
disconnect
disconnect -d nvme77
disconnect nvme0
disconnect -n nqn.a,nqn.b
disconnect-all
disconnect-all -r bogus
dim
dim -d nvme0
dim -d nvme0 -t bogus
dim -d nvme0 -t register
dim -d nvme77 -t register
dim -n nqn.nope -t register
discover {t} -p ; dim -d nvme5 -t register ; dim -n nqn.2014-08.org.nvmexpress.discovery -t deregister
"""
HERE = os.path.dirname(os.path.abspath(__file__))


def read_reviewed(group, version):
    """(command, key, kind) -> used; of this group and version."""
    lines = {}
    with open(os.path.join(HERE, "differences.txt"), encoding="utf-8") as f:
        for line in f:
            if not line.strip() or line.startswith("#"):
                continue
            parts = [p.strip() for p in line.split("|")]
            if len(parts) != 6 or not parts[5]:
                sys.exit(f"differences.txt: not six parts: {line}")
            if parts[0] == group and parts[1] in ("*", version):
                lines[tuple(parts[2:5])] = False
    return lines


def matches(pattern, text):
    return pattern == "*" or pattern == text or (pattern.endswith("*") and text.startswith(pattern[:-1]))


class Compare:
    def __init__(self, group, version, names):
        self.group = group
        self.version = version
        self.names = names
        self.reviewed = read_reviewed(group, version)
        self.bad = 0
        self.case = ""

    def differ(self, key, kind, ours, theirs):
        for line in self.reviewed:
            if matches(line[0], self.case) and matches(line[1], key) and line[2] == kind:
                self.reviewed[line] = True
                return
        self.bad += 1
        print(f"{self.case}: {key}: {kind}: ours {str(ours)[:300]!r}, {self.version} {str(theirs)[:300]!r}")

    def run(self, program, args):
        p = subprocess.run([*program, *args], stdin=subprocess.DEVNULL, capture_output=True, check=False)
        return p.returncode, p.stdout, p.stderr

    def both(self, extra=()):
        args = [a.format(**self.names) for a in self.case.split()] + list(extra)
        oracle = os.path.join(os.environ["NVMEKIT_CACHE"], "bin", "nvme-" + self.version)
        return self.run([os.environ["NVMEKIT"], "nvme"], args), self.run([oracle], args)

    def tree(self, key, ours, theirs):
        if type(ours) is not type(theirs):
            self.differ(key, "type", ours, theirs)
        elif isinstance(ours, dict):
            for k in ours.keys() | theirs.keys():
                path = f"{key}.{k}" if key else k
                if k not in theirs:
                    self.differ(path, "extra", ours[k], None)
                elif k not in ours:
                    self.differ(path, "missing", None, theirs[k])
                else:
                    self.tree(path, ours[k], theirs[k])
        elif isinstance(ours, list):
            self.elements(key + "[]", ours, theirs)
        elif ours != theirs:
            self.differ(key, "value", ours, theirs)

    def elements(self, key, ours, theirs):
        """By name where they have one: 2.3 lists drives in no order."""
        for k in ("HostNQN", "DevicePath", "Subsystem", "Name", "Controller", "NameSpace", "Path"):
            if all(isinstance(e, dict) and isinstance(e.get(k), (str, int)) for e in ours + theirs):
                a, b = {e[k]: e for e in ours}, {e[k]: e for e in theirs}
                if len(a) == len(ours) and len(b) == len(theirs):
                    self.named(key, a, b)
                    return
        if len(ours) != len(theirs):
            self.differ(key, "length", len(ours), len(theirs))
        for a, b in zip(ours, theirs):
            self.tree(key, a, b)

    def named(self, key, ours, theirs):
        for name in ours.keys() | theirs.keys():
            if name not in theirs:
                self.differ(key, "extra", name, None)
            elif name not in ours:
                self.differ(key, "missing", None, name)
            else:
                self.tree(key, ours[name], theirs[name])

    def json(self):
        ours, theirs = self.both(("-o", "json"))
        if ours[0] != theirs[0]:
            self.differ("", "exit code", ours[0], theirs[0])
            return
        if ours[2] != theirs[2]:
            self.differ("", "stderr", ours[2], theirs[2])
        document = json.loads(ours[1])
        try:
            wanted = json.loads(theirs[1])
        except ValueError:
            self.differ("", "no JSON", ours[1], theirs[1])
            return
        self.tree("", document, wanted)

    @staticmethod
    def lines(text):
        pairs = {}
        for line in text.decode().splitlines():
            key, colon, value = line.partition(":")
            if colon:
                pairs[key.strip()] = value.strip()
        return pairs

    def pairs(self):
        ours, theirs = self.both()
        self.tree("", self.lines(ours[1]), self.lines(theirs[1]))

    def text(self):
        ours, theirs = self.both()
        if ours[0] != theirs[0]:
            self.differ("", "exit code", ours[0], theirs[0])
        if ours[2] != theirs[2]:
            self.differ("", "stderr", ours[2], theirs[2])
        if ours[1] == theirs[1]:
            return
        # 2.16 lists subsystems in the order of its scan, which is not that of their names in every boot.
        blocks = (lambda t: b"\n\n".join(sorted(t.strip().split(b"\n\n")))) if self.case.startswith(("list-subsys", "show-topology")) else bytes
        if blocks(ours[1]) == blocks(theirs[1]):
            return
        a, b = blocks(ours[1]).splitlines(), blocks(theirs[1]).splitlines()
        for i in range(max(len(a), len(b))):
            x, y = (a + [b""] * len(b))[i], (b + [b""] * len(a))[i]
            if x != y:
                self.differ(f"line {i + 1}", "text", x.decode(errors="replace"), y.decode(errors="replace"))
                return
        self.differ("", "text", "the same lines", "with other ends")

    def errors(self):
        ours, theirs = self.both()
        if ours[0] != theirs[0]:
            self.differ("", "exit code", ours[0], theirs[0])
        for i, name in ((1, "stdout"), (2, "stderr")):
            if bool(ours[i]) != bool(theirs[i]):
                self.differ(name, "stream", ours[i], theirs[i])
        # 2.16 makes headings bold even where nobody looks.
        first = [re.sub(r"\x1b\[\d*m", "", (r[2].splitlines() or [b""])[0].decode()) for r in (ours, theirs)]
        if ours[0] and theirs[0] and first[0] != first[1]:
            self.differ("stderr", "message", *first)
        if ours[0] and theirs[0] and ours[1][:1] == b"{":
            self.tree("", json.loads(ours[1]), json.loads(theirs[1]))

    def clean(self):
        """No connections, no configuration."""
        for path in glob.glob("/sys/class/nvme/nvme*/delete_controller"):
            try:
                with open(path, "w", encoding="ascii") as f:
                    f.write("1")
            except OSError:
                pass
        for path in ("/etc/nvme/discovery.conf", "/tmp/log"):
            if os.path.exists(path):
                os.remove(path)

    @staticmethod
    def attributes():
        """What the kernel has made of the options, of the one controller that there is."""
        directory = os.path.dirname(glob.glob("/sys/class/nvme/nvme*/delete_controller")[-1])
        text = ""
        for name in ("ctrl_loss_tmo", "kato", "reconnect_delay", "fast_io_fail_tmo", "queue_count", "sqsize"):
            with open(os.path.join(directory, name), encoding="ascii") as f:
                text += f"{name} {f.read()}"
        return 0, text.encode(), b""

    def session(self, program):
        self.clean()
        answers = []
        for step in self.case.split(" ; "):
            args = [word for a in step.split() for word in a.format(**self.names).split()]
            if args[0] == "conf":
                with open("/etc/nvme/discovery.conf", "w", encoding="ascii") as f:
                    f.writelines(f"-t tcp -a 127.0.0.1 -s {port}\n" for port in args[1:])
                continue
            answers.append((step, self.attributes() if step == "attributes" else self.run(program, args)))
            if os.path.exists("/tmp/log"):
                with open("/tmp/log", "rb") as f:
                    answers.append(("the log", (0, f.read(), b"")))
        self.clean()
        return answers

    @staticmethod
    def connections(text):
        """By what they lead to. 2.16 keeps the discovery controller while it connects to the others, which moves the numbers."""
        hosts = json.loads(text)
        for host in hosts:
            for subsystem in host["Subsystems"]:
                for path in subsystem["Paths"]:
                    path["Name"] = "*" if path["Transport"] != "pcie" else path["Name"]
                subsystem["Paths"].sort(key=lambda p: (p["Transport"], p["Name"], p["Address"]))
                subsystem["Name"] = subsystem["NQN"]
        return hosts

    def fabrics(self):
        oracle = os.path.join(os.environ["NVMEKIT_CACHE"], "bin", "nvme-" + self.version)
        ours, theirs = self.session([os.environ["NVMEKIT"], "nvme"]), self.session([oracle])
        for (step, a), (_, b) in zip(ours, theirs):
            if a[0] != b[0]:
                self.differ(step, "exit code", a[0], b[0])
            if step.startswith("list-subsys") and step.endswith("json"):
                self.tree(step, self.connections(a[1]), self.connections(b[1]))
            elif a[1] != b[1] and not (step == "list-subsys" and sorted(a[1].split(b"\n\n")) == sorted(b[1].split(b"\n\n"))):
                self.differ(step, "text", a[1], b[1])
            # 2.16 shows the usage with bold headings, after the sentence.
            if a[2].splitlines()[:1] != b[2].splitlines()[:1]:
                self.differ(step, "stderr", a[2], b[2])

    def all(self):
        for self.case in CASES[self.group].strip().splitlines():
            getattr(self, self.group)()
        for line, used in self.reviewed.items():
            if not used and line[2] != "value":
                self.bad += 1
                print("differences.txt: nothing needs", self.group, self.version, *line)


def main():
    compare = Compare(sys.argv[1], sys.argv[2], dict(a.split("=", 1) for a in sys.argv[3:]))
    compare.all()
    return 1 if compare.bad else 0


sys.exit(main())
