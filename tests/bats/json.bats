#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Every JSON output is one document that its schema describes.
load common

ctrls() { demo list -o json | json '"\n".join(c["Controller"] for c in d["Controllers"])'; }
namespaces() { demo list -o json | json '"\n".join(n["DevicePath"] for n in d["Devices"])'; }

@test "list and list-subsys are valid" {
	demo list -o json | valid list
	demo list -v -o json | valid list
	demo list-subsys -o json | valid list-subsys
}

@test "every controller: id-ctrl, smart-log, error-log, fw-log are valid" {
	for c in $(ctrls); do
		for cmd in id-ctrl smart-log error-log fw-log; do
			echo "$cmd $c"
			demo "$cmd" "$c" -o json >"$BATS_TEST_TMPDIR/doc"
			valid "$cmd" <"$BATS_TEST_TMPDIR/doc"
		done
	done
}

@test "every namespace: id-ns is valid" {
	for n in $(namespaces); do
		demo id-ns "$n" -o json | valid id-ns
	done
}

@test "get-log and passthru are valid" {
	c=$(ctrls | head -n 1)
	n=$(namespaces | head -n 1)
	demo get-log "$c" -i smart -o json | valid get-log
	demo get-log "$c" -i 2 -l 512 --raw -o json | valid get-log
	demo admin-passthru "$c" -O 6 --cdw10=1 -l 4096 -r -o json | valid admin-passthru
	demo io-passthru "$n" -O 2 -l 4096 -r -o json | valid io-passthru
}

@test "version, help, introspect are valid" {
	"$NVMEKIT" version -o json | valid version
	"$NVMEKIT" help -o json | valid help
	"$NVMEKIT" introspect -o json | valid introspect
}

@test "the shape does not depend on -v" {
	c=$(ctrls | head -n 1)
	for cmd in id-ctrl smart-log error-log fw-log; do
		diff <(demo "$cmd" "$c" -o json) <(demo "$cmd" "$c" -o json -v)
	done
	diff <(demo list -o json) <(demo list -o json -v)
}

@test "errors are one valid document too" {
	c=$(ctrls | head -n 1)
	for args in "smart-log nvme99" "smart-log" "nonsense" "get-log $c -i 0xee -l 512" "id-ns $c" "id-ns $c -n 77" \
		"admin-passthru $c -O 0x55" "smart-log $c --bogus" "list --columns nope"; do
		echo "args: $args"
		# shellcheck disable=SC2086
		run --separate-stderr demo $args -o json
		[ "$status" -ne 0 ]
		[ -n "$stderr" ]
		echo "$output" | json 'd["error"]["class"] + d["error"]["message"]'
		echo "$output" | valid smart-log
	done
}

@test "the bytes do not depend on the locale" {
	c=$(ctrls | head -n 1)
	for l in C C.UTF-8 de_DE.UTF-8 fr_FR.ISO-8859-1 xx_YY; do
		for cmd in id-ctrl smart-log; do
			diff <(LC_ALL=C demo "$cmd" "$c") <(LC_ALL=$l demo "$cmd" "$c")
			diff <(LC_ALL=C demo "$cmd" "$c" -o json) <(LC_ALL=$l demo "$cmd" "$c" -o json)
		done
		diff <(LC_ALL=C demo list) <(LC_ALL=$l demo list)
	done
}

@test "the examples of every command, as they stand, as dry runs, and done: valid documents" {
	cd "$BATS_TEST_TMPDIR"
	{ echo 'NVMEKIT-FW 9.9.9 size=8192'; head -c 8192 /dev/zero; } | head -c 8192 >image.bin
	for f in key:32 sectors:4096 block:512 payload:512; do truncate -s "${f#*:}" "${f%:*}"; done
	for f in password old new psid; do echo 'correct horse battery' >$f; done
	echo DHHC-1:00:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+KfiaR: >host.key
	echo NVMeTLSkey-1:01:VRLbtnN9AQb2WXW3c9+wEf/DRLz0QuLdbYvEhwtdWwNf9LrZ: >tls.key
	echo "NVMe0R01 host tank $(<tls.key)" >tls-keys
	chmod 600 ./*
	"$top/tests/bats/examples.py"
}
