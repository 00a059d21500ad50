# SPDX-License-Identifier: Apache-2.0 OR MIT
# A drive for the tests of what destroys data, and what every such command must hold to.
# shellcheck shell=bash

# Every change of an image is written through to the disk, which takes its time unless there is none.
fast_dir() {
	if [ -w /dev/shm ]; then
		mkdir -p "/dev/shm/nvmekit-$BATS_SUITE_TEST_NUMBER-$$" && echo "/dev/shm/nvmekit-$BATS_SUITE_TEST_NUMBER-$$"
	else
		echo "$BATS_TEST_TMPDIR"
	fi
}
teardown() { rm -rf "/dev/shm/nvmekit-$BATS_SUITE_TEST_NUMBER-$$"; }

# drive [KEY=JSON...]: an image of one drive with two namespaces, in $image. Keys: oacs, fna, sanicap, dsto, times, logs,
# fail, features, ns1, ns2 (members of the namespaces), id1 (of the Identify data of the first)
drive() {
	image=$(fast_dir)/drive.json
	/usr/bin/python3 -I -S - "$image" "$@" <<-'EOF2'
		import json, sys
		o = dict(a.split("=", 1) for a in sys.argv[2:])
		get = lambda k, d: json.loads(o.get(k, d))
		formats = [{"ds": 9, "rp": 2}, {"ds": 12}, {"ds": 9, "ms": 8, "rp": 3}, {"ds": 12, "ms": 8, "rp": 1},
		           {"ds": 12, "ms": 8, "rp": 0}, {"ds": 12, "ms": 64}, {"ds": 0}]
		def ns(n, more, ident):
		    return dict({"name": f"nvme0n{n}", "generic": f"ng0n{n}", "nsid": n, "data": "pattern", "identify": dict({
		        "nsze": 80000, "ncap": 80000, "nuse": 500, "mc": 3, "dpc": "0x11", "dlfeat": 1, "lbafs": formats}, **ident)}, **more)
		drive = {"nvmekit-image": 1, "subsystems": [{"name": "nvme-subsys0", "nqn": "nqn.2020-01.test:drive",
		    "times": get("times", '{"sanitize": 300, "self-test": 300, "overwrite": 150}'),
		    "controllers": [{"name": "nvme0", "cntlid": 1, "transport": "pcie", "address": "0000:01:00.0",
		        "identify": {"sn": "SER1234", "mn": "Drive", "fr": "F1", "mdts": 5, "ver": "0x020100", "lpa": 6 if "effects" in o.get("logs", "") else 4, "edstt": 1,
		            "tnvmcap": 81920000, "oacs": get("oacs", "30"), "fna": get("fna", "4"), "dsto": get("dsto", "0"),
		            "sanicap": get("sanicap", "7")},
		        "logs": get("logs", '{"smart": {"power_on_hours": 12}}'), "features": get("features", "{}"),
		        "fail": get("fail", "[]")}],
		    "namespaces": [ns(1, get("ns1", "{}"), get("id1", "{}"))] +
		        ([] if o.get("ns2") == "none" else [ns(2, get("ns2", "{}"), {})])}]}
		json.dump(drive, open(sys.argv[1], "w"))
	EOF2
}

# on ARGS...: nvmekit on that drive
on() { "$NVMEKIT" --system "$image" --quiet "$@" </dev/null; }
# sure ARGS...: with the answer to the gate
sure() { on "$@" --yes --expect-serial=SER1234; }
export -f on sure

# hurry: what runs in the drive began long ago
hurry() { sed -i 's/"start": [0-9]*/"start": 1/' "$image"; }

# untouched COMMAND...: neither the drive changes, nor is anything sent that alters it
untouched() {
	cp "$image" "$image.before"
	"$@" --trace
	local rc=$?
	cmp "$image" "$image.before" || return 99
	return $rc
}
export -f untouched

# quiet_on_wire: $stderr of the last run has no trace of a command that alters something
quiet_on_wire() {
	if grep -E 'admin (format|sanitize|sanitize-ns|device-self-test):' <<<"$stderr" | grep -v 'dry run'; then
		return 1
	fi
}

# gated COMMAND...: what the gate owes to every command that destroys data; nvme0n1 is among what it concerns
gated() {
	export image
	drive "${drive_args[@]}"
	# nobody is there
	code 9 untouched on "$@"
	[[ $stderr == *SER1234* ]] || return 1
	quiet_on_wire || return 1
	code 9 untouched on "$@" --yes || return 1
	# another drive is meant
	code 9 untouched on "$@" --yes --expect-serial=OTHER || return 1
	code 9 untouched on "$@" --force --expect-serial=OTHER || return 1
	code 9 untouched on "$@" --yes --expect-nqn=nqn.other || return 1
	# a dry run shows it all and sends nothing
	code 0 untouched on "$@" --dry-run || return 1
	[[ $output$stderr == *SER1234* ]] || return 1
	quiet_on_wire || return 1
	code 0 untouched on "$@" --dry-run -o json || return 1
	/usr/bin/python3 -c 'import json, sys; d = json.load(sys.stdin); assert d["commands"], d' <<<"$output" || return 1
	# in use: whatever is answered
	local use
	for use in '{"kind": "mount", "what": "/srv (ext4)"}' '{"kind": "swap", "what": "swap"}' \
		'{"kind": "holder", "what": "md127 (raid1, active)"}' '{"kind": "holder", "what": "vg0-root (LVM)"}' \
		'{"kind": "mount", "what": "/ (ext4)", "system": true}' '{"kind": "claimed", "what": "x"}'; do
		drive "${drive_args[@]}" "ns1={\"in_use\": [$use]}"
		code 9 untouched on "$@" --yes --expect-serial=SER1234 || return 1
		quiet_on_wire || return 1
		code 9 untouched on "$@" --force || return 1
		quiet_on_wire || return 1
	done
	code 0 on "$@" --allow-in-use --yes --expect-serial=SER1234
}
