#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Keys for NVMe over Fabrics: made, checked, put into a keyring and taken out of it. The kernel's keyring: tests/qemu/keys.bats.
load common

# Of libnvme's test/psk.c, and of Python's zlib.
psk=NVMeTLSkey-1:01:VRLbtnN9AQb2WXW3c9+wEf/DRLz0QuLdbYvEhwtdWwNf9LrZ:
psk48=NVMeTLSkey-1:02:VRLbtnN9AQb2WXW3c9+wEf/DRLz0QuLdbYvEhwtdWwP/w0S89ELi3W2LxIcLXVsDn8kXZQ==:
psk_hex=5512DBB6737D0106F65975B773DFB011FFC344BCF442E2DD6D8BC4870B5D5B03
dhchap=DHHC-1:00:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+KfiaR:
dhchap_hex=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
host=nqn.psk-test-host subsys=nqn.psk-test-subsys

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	umask 022
	(umask 077 && echo $psk >psk && echo $psk48 >psk48 && echo $dhchap >dhchap && echo $psk_hex >psk.hex)
}

mode() { stat -c %a "$1"; }

# silent: nothing of any of the keys is in the output, the messages, or a file that is not theirs
silent() {
	! grep -iE 'VRLb|5512DBB6|AAECAw|00010203|IIBx' <<<"$output$stderr"
}

# --- secrets of DH-HMAC-CHAP ---

@test "gen-dhchap-key: exactly one line, which check-dhchap-key takes" {
	for args in "" "-m none" "-m sha256" "-m 1" "-m sha384" "-m 3" "-l 48" "--secret-length=64" "-m sha512 -l 32"; do
		# shellcheck disable=SC2086
		code 0 demo gen-dhchap-key $args
		[ "${#lines[@]}" -eq 1 ]
		[ -z "$stderr" ]
		[[ $output =~ ^DHHC-1:0[0-3]:[A-Za-z0-9+/]+=*:$ ]]
		code 0 demo check-dhchap-key <<<"$output"
	done
	code 0 demo keys gen-kxchap-secret -m sha384 -o json
	valid gen-dhchap-key <<<"$output"
	[ "$(json '(d["hash"], d["hash_name"], d["length"], d["key"][:10], len(d["key"]))' <<<"$output")" = \
		"(2, 'sha384', 48, 'DHHC-1:02:', 83)" ]
	[ "$(demo gen-dhchap-key)" != "$(demo gen-dhchap-key)" ]
}

@test "gen-dhchap-key: from digits that are given, untransformed whatever the hash function" {
	echo $dhchap_hex >hex && chmod 600 hex
	for source in "--secret-file=hex" "--secret=$dhchap_hex" "-s ${dhchap_hex^^}"; do
		# shellcheck disable=SC2086
		code 0 demo gen-dhchap-key $source
		[ "$output" = $dhchap ]
		# shellcheck disable=SC2086
		code 0 demo gen-dhchap-key $source -m sha256 -n nqn.any
		[ "$output" = DHHC-1:01:${dhchap#*:*:} ]
	done
	code 0 demo gen-dhchap-key --secret-file=- <hex
	[ "$output" = $dhchap ]
	# On the command line it is warned of.
	code 0 "$NVMEKIT" gen-dhchap-key -s $dhchap_hex
	[[ $stderr == *"--secret: other users"* && $stderr != *0001* ]]
	for bad in "-s 00" "-s ${dhchap_hex}0" "-s ${dhchap_hex}00" "-s ${dhchap_hex/00/0g}" "-l 48 -s $dhchap_hex" "-l 33" "-l 0" \
		"-l 65" "-m 4" "-m sha1" "-s $dhchap_hex --secret-file=hex" "-s $dhchap_hex$dhchap_hex$dhchap_hex" \
		"--secret-file=absent" "--secret-file=/dev/null"; do
		echo "$bad"
		# shellcheck disable=SC2086
		code 2 demo gen-dhchap-key $bad
		silent
		[ -z "$output" ]
		[ -n "$stderr" ]
	done
}

@test "--output-file: only its owner can read it, nothing is shown, and no file is replaced" {
	umask 0
	for cmd in gen-dhchap-key gen-tls-key; do
		code 0 demo $cmd --output-file=$cmd.key
		[ "$(mode $cmd.key)" = 600 ]
		[ "$(wc -l <$cmd.key)" = 1 ]
		run ! grep -F "$(cut -d: -f3 $cmd.key)" <<<"$output$stderr"
		cp $cmd.key before
		code 2 demo $cmd -O $cmd.key
		cmp $cmd.key before
		rm $cmd.key
		code 0 demo $cmd -O $cmd.key -o json
		valid $cmd <<<"$output"
		[ "$(json '("key" in d, d["output_file"])' <<<"$output")" = "(False, '$cmd.key')" ]
		code 0 demo ${cmd/gen/check} --keydata-file=$cmd.key
		code 2 demo $cmd -O no/where
		ln -s elsewhere link
		code 2 demo $cmd -O link
		[ ! -e elsewhere ]
		rm link
		# A dry run shows no key, and writes none.
		code 0 demo $cmd -O new --dry-run
		[[ $output == *"Write the new key: to new"* && $output != *-1:* ]]
		[ ! -e new ]
		code 0 demo $cmd --dry-run
		[ "$output" = "Nothing would be changed." ]
		code 2 demo $cmd -O $cmd.key --dry-run
	done
}

@test "check-dhchap-key: what is good, in words and in JSON" {
	code 0 demo check-dhchap-key --keydata-file=dhchap
	diff - <(echo "$output") <<-'EOF'
		The secret is valid
		hash      : 0 (None)
		length    : 32 bytes
	EOF
	silent
	for source in "--key=$dhchap" "-k $dhchap" "-d $dhchap" "--keydata=$dhchap" "--keydata-file=dhchap"; do
		# shellcheck disable=SC2086
		code 0 demo keys check-kxchap-secret $source -o json
		valid check-dhchap-key <<<"$output"
		[ "$(json '(d["hash"], d["hash_name"], d["length"])' <<<"$output")" = "(0, 'none', 32)" ]
		silent
	done
	code 0 demo check-dhchap-key <dhchap
	code 0 demo check-dhchap-key --keydata-file=- <dhchap
	printf '%s\r\n' $dhchap >dos && chmod 600 dos
	code 0 demo check-dhchap-key --keydata-file=dos
}

@test "a bad key: exit code 7, what is wrong with it, and nothing of it" {
	for bad in "${dhchap%:}" "${dhchap/AA/AB}" "${dhchap/:00:/:04:}" "${dhchap/:00:/:0:}" "X$dhchap" "$dhchap$dhchap" "$psk" \
		"${dhchap/AAEC/}" "${dhchap/AAEC/AA C}" "DHHC-1:00:" "DHHC-1:00::" "garbage" " $dhchap" "$dhchap "; do
		echo "'$bad'"
		code 7 demo check-dhchap-key --keydata-file=- <<<"$bad"
		silent
		[[ $stderr == *"no valid secret of DH-HMAC-CHAP: "* ]]
		code 7 demo check-dhchap-key -o json --trace -v --keydata-file=- <<<"$bad"
		silent
		[ "$(json 'd["error"]["class"]' <<<"$output")" = data ]
		code 7 demo check-dhchap-key --key="$bad"
		silent
	done
	for bad in "${psk%:}" "${psk/VRLb/VRLc}" "${psk/:01:/:02:}" "${psk/:01:/:03:}" "${psk/-1/-2}" "$dhchap" "${psk48/:02:/:01:}"; do
		code 7 demo check-tls-key --keydata-file=- <<<"$bad"
		silent
		[[ $stderr == *"no valid PSK for NVMe/TCP: "* ]]
	done
	code 2 demo check-dhchap-key --keydata-file=- </dev/null
	head -c 100000 /dev/zero | tr '\0' A >huge
	code 2 demo check-dhchap-key --keydata-file=huge
	head -c 60 /dev/urandom >noise && chmod 600 noise
	code 7 demo check-dhchap-key --keydata-file=noise
	code 2 demo check-dhchap-key --keydata-file=absent
	code 2 demo check-dhchap-key --keydata-file=.
	code 2 demo check-dhchap-key --keydata-file=dhchap --key=$dhchap
	silent
}

@test "a key in the wrong place is not repeated by the message about it" {
	for key in $dhchap $psk $psk48; do
		for args in "check-dhchap-key $key" "check-tls-key $key" "check-dhchap-key --keydata-file=$key" "tls-key $key" "keys $key" "$key" \
			"connect -t tcp -a 192.0.2.1 -n n --dhchap-secret-file=$key" "check-tls-key -I $key" "gen-dhchap-key -m $key"; do
			echo "$args"
			# shellcheck disable=SC2086
			code 2 demo $args
			silent
			[[ $stderr == *"***"* ]]
			# shellcheck disable=SC2086
			code 2 demo $args -o json
			silent
		done
		code 1 n tls-key --revoke $key
		silent
		[[ $stderr == *"***"* ]]
	done
}

@test "a secret that everybody can read, or others write, is none; one that a group can read is warned of" {
	for m in 604 644 666 620 660; do
		chmod $m dhchap
		code 2 demo check-dhchap-key --keydata-file=dhchap
		[[ $stderr == *"others than its owner have access to dhchap (mode $m)"*"mode 600"* ]]
		silent
	done
	chmod 644 dhchap
	code 0 demo check-dhchap-key --keydata-file=- <dhchap
	# Programs that call nvme have such files.
	printf 'NVMe0R01 h s %s\n' $psk >list && chmod 644 list
	NVMEKIT_SYSTEM=demo code 0 "$NVMEKIT" nvme tls-key --import --keyfile=list
	chmod 640 dhchap
	code 0 "$NVMEKIT" check-dhchap-key --keydata-file=dhchap
	[[ $stderr == *"others than its owner have access to dhchap (mode 640)"* ]]
	code 0 demo check-dhchap-key --keydata-file=dhchap -o json
	[ "$(json 'len(d["nvmekit"]["warnings"])' <<<"$output")" = 1 ]
}

# --- PSKs for NVMe/TCP ---

@test "gen-tls-key: one line, of the length that the hash function has" {
	code 0 demo gen-tls-key
	[ "${#lines[@]}" -eq 1 ]
	[[ $output =~ ^NVMeTLSkey-1:01:[A-Za-z0-9+/]{48}:$ ]]
	code 0 demo gen-tls-key -m sha384
	[[ $output =~ ^NVMeTLSkey-1:02:[A-Za-z0-9+/]{70}==:$ ]]
	code 0 demo keys gen-tls --secret-file=psk.hex
	[ "$output" = $psk ]
	code 0 demo gen-tls-key -s ${psk_hex}FFC344BCF442E2DD6D8BC4870B5D5B03 -m 2
	[ "$output" = $psk48 ]
	for bad in "-m none" "-m 0" "-m 3" "-m sha512" "-s 00" "-s ${psk_hex}00" "-m 2 --secret-file=psk.hex" "-f file" "--insert" \
		"--insert -n h" "-I 2" "--insert -n h -c s\ t"; do
		echo "$bad"
		eval "code 2 demo gen-tls-key $bad"
		silent
		[ -z "$output" ]
	done
	[ ! -e file ]
}

@test "check-tls-key: identities as others know them, and the old way on request" {
	while read -r file args want; do
		# shellcheck disable=SC2086
		code 0 demo check-tls-key --keydata-file=$file -n $host -c $subsys ${args//,/ } -o json
		valid check-tls-key <<<"$output"
		[ "$(json 'd["identity"]' <<<"$output")" = "$want" ]
		silent
	done <<-EOF
		psk -I,0 NVMe0R01 $host $subsys
		psk -I,0,-C NVMe0R01 $host $subsys
		psk48 -I,0 NVMe0R02 $host $subsys
		psk -I,1 NVMe1R01 $host $subsys iSbjiStwJ/1TrTvDlt2fjFmzvsytOJelidNnA+X5lEU=
		psk -I,1,--compat NVMe1R01 $host $subsys 66GuqV08TsAGII39teWUfwQwizjv06Jy8jOcX3NAAzM=
		psk48 -I,1 NVMe1R02 $host $subsys QhW2+Rp6RzHlNtCslyRxMnwJ11tKKhz8JCAQpQ+XUD8f9td1VeH5h53yz2wKJG1a
		psk48 -I,1,-C NVMe1R02 $host $subsys RsKmYJ3nAn1ApjjMloJFbAkLPivONDAX/xW327YBUsn2eGShXSjCZvBaOxscLqmz
	EOF
	code 0 demo check-tls-key --keydata-file=psk
	[[ $output == *"The PSK is valid"*"hash      : 1 (SHA-256)"* && $output != *identity* ]]
	code 0 demo keys check-tls -o json <psk
	[ "$(json '("identity" in d, "loaded" in d)' <<<"$output")" = "(False, False)" ]
}

@test "the host NQN of this machine is the default; bad names are refused" {
	mkdir -p root/etc/nvme
	echo nqn.of.the.host >root/etc/nvme/hostnqn
	code 0 "$NVMEKIT" --sysroot=root check-tls-key --keydata-file=psk -c $subsys -o json
	[ "$(json 'd["identity"]' <<<"$output")" = "NVMe0R01 nqn.of.the.host $subsys" ]
	: >root/etc/nvme/hostnqn
	code 2 "$NVMEKIT" --sysroot=root check-tls-key --keydata-file=psk -c $subsys
	rm root/etc/nvme/hostnqn
	code 2 "$NVMEKIT" --sysroot=root check-tls-key --keydata-file=psk -c $subsys
	[[ $stderr == *"--hostnqn"*"gen-hostnqn"* ]]
	# The simulated system is another machine, and has a host of its own.
	code 0 demo check-tls-key --keydata-file=psk -c $subsys
	long=$(printf 'n%.0s' {1..224})
	for bad in "h h" $'h\nh' "$long"; do
		code 2 demo check-tls-key --keydata-file=psk -c $subsys -n "$bad"
		code 2 demo check-tls-key --keydata-file=psk -n $host -c "$bad"
	done
	code 2 demo check-tls-key --keydata-file=psk -n "${long%n}" -c "${long%n}"
	[[ $stderr == *"255 bytes"*"version 1"* ]]
	code 0 demo check-tls-key --keydata-file=psk -n "${long%n}" -c "${long%n}" -I 1
}

# --- keyrings ---

@test "insert: serial number and identity; a copy in a file; this machine's keyrings stay as they are" {
	code 0 "$NVMEKIT" --system demo gen-tls-key --insert -n $host -c $subsys -f file
	[[ ${lines[0]} == NVMeTLSkey-1:01:* && ${lines[1]} == "Inserted as NVMe0R01 $host $subsys: key 0x"* ]]
	[ "${#lines[@]}" -eq 2 ]
	[[ $stderr == *"keyring of the simulated system ends with this run"* ]]
	[ "$(mode file)" = 600 ]
	code 0 demo keys insert-tls --keydata-file=psk -n $host -c $subsys -I 1 -f file -o json
	valid keys-insert-tls <<<"$output"
	silent
	[ "$(json '(d["serial"] > 0, d["keyring"] > 0, d["keyfile"])' <<<"$output")" = "(True, True, 'file')" ]
	code 0 demo check-tls-key --insert --keydata-file=psk -n $host -c $subsys -o json
	valid check-tls-key <<<"$output"
	code 0 demo keys list
	[[ $output != *NVMe* ]]
	if [ -r /proc/keys ]; then
		run ! grep -F "NVMe0R01 $host $subsys" /proc/keys
	fi
	[ "$(wc -l <file)" = 2 ]
	# What was appended can be imported.
	code 0 demo keys import -f file -o json
	valid keys-import <<<"$output"
	[ "$(json '[k["identity"][:8] for k in d["keys"]]' <<<"$output")" = "['NVMe0R01', 'NVMe1R01']" ]
	run ! grep -F NVMeTLSkey <<<"$output"
}

@test "--keyfile: a pipe or a device is refused before anything is changed" {
	mkfifo pipe
	for args in "keys insert-tls --keydata-file=psk" "check-tls-key --insert --keydata-file=psk" "gen-tls-key --insert"; do
		for file in pipe .; do
			# shellcheck disable=SC2086
			code 2 timeout 20 "$NVMEKIT" --system demo $args -n $host -c $subsys -f $file
			[[ $stderr == *"--keyfile: $file is no regular file"* && $stderr != *"keyring of the simulated system"* ]]
			[ -z "$output" ]
		done
	done
	for args in "keys export" "tls-key --export"; do
		# shellcheck disable=SC2086
		code 2 demo $args -f pipe
		[[ $stderr == *"--keyfile: pipe is no regular file"* ]]
		# /dev/stdout is such a link: it would be replaced by the file with the keys.
		ln -sf psk link
		# shellcheck disable=SC2086
		code 2 demo $args -f link
		[[ $stderr == *"--keyfile: link is no regular file"* ]]
	done
	[ -p pipe ]
	# What cannot be found out before is told.
	code 2 "$NVMEKIT" --system demo keys insert-tls --keydata-file=psk -n $host -c $subsys -f no/where
	[[ $stderr == *"the TLS PSK 'NVMe0R01 $host $subsys' was put into the keyring before that"*"cannot write no/where"* ]]
}

@test "a dry run says what would go where, and nothing of a key" {
	code 0 demo keys insert-tls --keydata-file=psk -n $host -c $subsys -f file --dry-run
	[[ $output == *"Insert a key: type psk, 32 bytes, 'NVMe0R01 $host $subsys'"*"Append the TLS PSK: to file"* ]]
	silent
	[ ! -e file ]
	code 0 demo keys insert-tls --keydata-file=psk -n $host -c $subsys --dry-run --trace -o json
	valid dry-run <<<"$output"
	silent
	code 0 demo gen-tls-key --insert -n $host -c $subsys --dry-run
	[[ $output != *NVMeTLSkey* && $output == *"Insert a key"* ]]
	code 0 demo check-tls-key --insert --keydata-file=psk -n $host -c $subsys --dry-run
	[[ $output == *"Insert a key"* ]]
	echo "NVMe0R01 $host $subsys $psk" >list && chmod 600 list
	code 0 demo keys import -f list --dry-run
	[[ $output == *"Insert a key"* ]]
	silent
	# What is wrong is found in a dry run too.
	code 7 demo keys import -f psk --dry-run
	code 2 demo keys insert-tls --keydata-file=psk -n $host --dry-run
	code 2 demo keys revoke -i "NVMe0R01 $host $subsys" --dry-run
}

@test "keyrings and keys that are not there" {
	for cmd in "keys list" "keys export -f x" "keys revoke -i x" "keys insert-tls --keydata-file=psk -n h -c s" \
		"gen-tls-key -i -n h -c s"; do
		# shellcheck disable=SC2086
		code 2 demo $cmd -k nothing
		[[ $stderr == *"no keyring 'nothing'"* ]]
		[ -z "$output" ]
	done
	code 2 demo keys revoke -i "NVMe0R01 a b"
	[[ $stderr == *"has no key 'NVMe0R01 a b'"* ]]
	code 2 demo keys export -f x
	[[ $stderr == *"no TLS PSK to export"* ]]
	[ ! -e x ]
	code 0 demo keys export -f - -o json
	valid keys-export <<<"$output"
	[ "$(json '(d["count"], d["keys"])' <<<"$output")" = "(0, [])" ]
	code 0 demo keys export -f -
	[ -z "$output" ]
	code 0 demo keys list -o json
	valid keys-list <<<"$output"
	# What is no file stays what it is.
	mkfifo pipe && chmod 644 pipe
	code 2 demo keys export -f pipe
	[ "$(stat -c %F:%a pipe)" = fifo:644 ]
	code 2 demo keys export
	code 2 demo keys revoke
	code 6 demo gen-tls-key --insert -n h -c s -t nonsense
	[[ $stderr == *modprobe* ]]
	[ -z "$output" ]
	# An inserted key would have been lost: it is in the file, and the message says so.
	code 6 "$NVMEKIT" --system demo gen-tls-key --insert -n h -c s -t nonsense -O kept
	[[ $stderr == *"the PSK is in kept"* ]]
	code 0 demo check-tls-key --keydata-file=kept
}

@test "keys import: all of a file or nothing; one key under its identity" {
	: >list && chmod 600 list
	for bad in "$psk" "NVMe0R01 h $psk" "NVMe0R01 h s" "NVMe0R01 h s $psk48" "h s $psk" "NVMe0R01 h s ${psk%:}" "x"; do
		printf 'NVMe0R01 good one %s\n%s\n' $psk "$bad" >list
		code 7 demo keys import -f list
		[[ $stderr == *"list, line 2: "*"nothing was imported"* ]]
		silent
	done
	printf 'NVMe0R01 good one %s\nNVMe0R01 h s %s\n' $psk $dhchap >list
	code 6 demo keys import -f list
	silent
	code 0 demo keys import <<<"NVMe0R01 h s $psk"
	code 2 demo keys import </dev/null
	head -c 3000000 /dev/zero >huge
	code 2 demo keys import -f huge
	head -c 1000 /dev/zero >zeros && chmod 600 zeros
	code 7 demo keys import -f zeros
	code 0 demo keys import -i "NVMe0R01 h s" --keydata-file=psk
	code 0 demo keys import -i "NVMe0R01 h s" <psk
	code 0 demo keys import -i "NVMe0R01 h s" -d $psk
	code 7 demo keys import -i "NVMe0R02 h s" --keydata-file=psk
	code 2 demo keys import -i "h s" --keydata-file=psk
	code 2 demo keys import --keydata-file=psk
	code 2 demo keys import -i "NVMe0R01 h s" -f list
}

@test "tls-key: the three in one, as nvme-cli 2 has them" {
	echo "NVMe0R01 h s $psk" >list && chmod 600 list
	code 0 demo tls-key --import --keyfile=list
	code 0 demo tls-key -e -f -
	code 2 demo tls-key -e
	code 2 demo tls-key
	code 2 demo tls-key -i -e
	code 2 demo tls-key --revoke "NVMe0R01 h s"
}

# --- as nvme ---

n() { NVMEKIT_SYSTEM=demo "$NVMEKIT" nvme "$@"; }
export -f n

@test "as nvme: one key line, 2.16's sentences, nothing on standard error" {
	for args in "gen-dhchap-key" "gen-dhchap-key -hmac=1 -n nqn.x" "gen-dhchap-key --key-len=48 -o json" "gen-tls-key" \
		"gen-tls-key --hmac 2 -f unused"; do
		# shellcheck disable=SC2086
		code 0 n $args
		[ "${#lines[@]}" -eq 1 ]
		[ -z "$stderr" ]
		[[ $output =~ ^(DHHC-1|NVMeTLSkey-1):0[012]:[A-Za-z0-9+/]+=*:$ ]]
	done
	[ ! -e unused ]
	code 0 n check-dhchap-key --key=$dhchap
	[ "$output" = "Key is valid (HMAC 0, length 32, CRC 91267e8a)" ]
	[ -z "$stderr" ]
	code 0 n check-tls-key -d $psk -c $subsys -n $host --identity=1
	[ "$output" = "NVMe1R01 $host $subsys iSbjiStwJ/1TrTvDlt2fjFmzvsytOJelidNnA+X5lEU=" ]
	[ -z "$stderr" ]
	code 0 n check-tls-key -d $psk -c $subsys -n $host -i -f file
	[[ $output =~ ^Inserted\ TLS\ key\ [0-9a-f]{8}$ ]]
	[ -z "$stderr" ]
	code 0 n gen-tls-key -c $subsys -n $host --insert --keyfile=file
	[[ ${lines[0]} == NVMeTLSkey-1:* && ${lines[1]} =~ ^Inserted\ TLS\ key\ [0-9a-f]{8}$ ]]
	[ "${#lines[@]}" -eq 2 ]
	[ -z "$stderr" ]
	code 0 n tls-key --import -f file
	[ -z "$output$stderr" ]
	code 0 n tls-key -i <file
	code 0 n tls-key --export
	[ -z "$output$stderr" ]
}

@test "as nvme: what is wrong, in words and in JSON" {
	while IFS='|' read -r args want; do
		# shellcheck disable=SC2086
		code 1 n $args </dev/null
		[ -z "$output" ]
		[[ $stderr == *"$want"* ]]
		silent
		# shellcheck disable=SC2086
		code 1 n $args -o json </dev/null
		[ -z "$stderr" ]
		[[ $(json 'd["error"]' <<<"$output") == *"$want"* ]]
		silent
	done <<-EOF
		check-dhchap-key|Key not specified
		check-tls-key|No key data
		check-tls-key -d $psk|Need to specify a subsystem NQN
		gen-tls-key -i|No subsystem NQN specified
		tls-key|Must specify either --import, --export or --revoke
		tls-key -i -e|Must specify either --import, --export or --revoke
		tls-key -r nothing|has no key 'nothing'
		check-dhchap-key -k ${dhchap%:}|no colon at its end
		gen-dhchap-key -m 1 -s 00|32, 48 or 64 bytes
	EOF
	code 1 n keys-list
	code 1 n gen-dhchap-key --output-file=x
	[ ! -e x ]
}
