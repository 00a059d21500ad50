#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0 OR MIT
# config show, validate, status, create and convert on trees of files and on the simulated system.
load common
load sysroot

# A secret that is one: its check value is right.
SECRET='DHHC-1:00:c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0xGhNbg==:'

setup() {
	new_root
	etc=$root/etc/nvme
	mkdir -p "$etc"
	ini=$etc/nvme-fabrics.conf
}

# ini, config and disc take the text of a file from standard input
ini() { cat >"$ini"; }
config() { cat >"$etc/config.json"; }
disc() { cat >"$etc/discovery.conf"; }

# value KEY < config show -o json: the value of the first connection, and where it comes from
value() { json "[v['value'] + ' ' + v['origin'] for v in d['connections'][0]['values'] if v['key'] == '$1'][0]"; }

one() {
	ini <<-'END'
		[I/O Controller Defaults]
		ctrl-loss-tmo = 100
		[Subsystem]
		nqn = nqn.2024-01.org.example:s1
		keep-alive-tmo = 7
		controller = transport=tcp;traddr=192.0.2.1;trsvcid=4420
	END
}

# --- show ---

@test "show: values with their origins, in text and JSON" {
	one
	code 0 on config show
	[[ $output == "tcp 192.0.2.1:4420 nqn.2024-01.org.example:s1 (subsystem)"* ]]
	[[ $output == *" +- ctrl-loss-tmo = 100  (/etc/nvme/nvme-fabrics.conf:2)"* ]]
	on config show -o json >"$BATS_TEST_TMPDIR/doc"
	valid config-show <"$BATS_TEST_TMPDIR/doc"
	[ "$(value keep-alive-tmo <"$BATS_TEST_TMPDIR/doc")" = "7 /etc/nvme/nvme-fabrics.conf:5" ]
	[ "$(json "d['connections'][0]['line']" <"$BATS_TEST_TMPDIR/doc")" = 6 ]
	[ "$(json "d['connections'][0]['discovery']" <"$BATS_TEST_TMPDIR/doc")" = False ]
}

@test "show: the file that counts first" {
	one
	config <<-'END'
		[ { "subsystems": [ { "nqn": "nqn.2024-01.org.example:s1", "ports": [
		  { "transport": "tcp", "traddr": "192.0.2.1", "trsvcid": "4420", "keep_alive_tmo": 9 },
		  { "transport": "tcp", "traddr": "192.0.2.2", "trsvcid": "4420", "keep_alive_tmo": 9 } ] } ] } ]
	END
	echo "-t tcp -a 192.0.2.3 -k 11" | disc
	on config show -o json >"$BATS_TEST_TMPDIR/doc"
	[ "$(json "[c['traddr'] for c in d['connections']]" <"$BATS_TEST_TMPDIR/doc")" = "['192.0.2.1', '192.0.2.2', '192.0.2.3']" ]
	[ "$(value keep-alive-tmo <"$BATS_TEST_TMPDIR/doc")" = "7 /etc/nvme/nvme-fabrics.conf:5" ]
	[ "$(json "d['connections'][2]['trsvcid']" <"$BATS_TEST_TMPDIR/doc")" = 8009 ]
}

@test "show: what libnvme misreads is read as it stands" {
	config <<-'END'
		[ { "hostnqn": "nqn.2014-08.org.example:h", "subsystems": [ { "nqn": "nqn.2024-01.org.example:s1", "ports": [
		  { "transport": "tcp", "traddr": "192.0.2.1", "discovery": true, "persistent": false, "ctrl_loss_tmo": 5, "tos": 3 } ] } ] } ]
	END
	on config show -o json >"$BATS_TEST_TMPDIR/doc"
	[ "$(value ctrl-loss-tmo <"$BATS_TEST_TMPDIR/doc")" = "5 /etc/nvme/config.json:2" ]
	[ "$(value tos <"$BATS_TEST_TMPDIR/doc")" = "3 /etc/nvme/config.json:2" ]
	[ "$(json "d['connections'][0]['persistent']" <"$BATS_TEST_TMPDIR/doc")" = False ]
}

@test "show: a secret is never shown" {
	ini <<-END
		[Subsystem]
		nqn = nqn.2024-01.org.example:s1
		dhchap-secret = $SECRET
		controller = transport=tcp;traddr=192.0.2.1
	END
	for how in "show" "show -o json" "show -v --trace" "validate" "validate -o json" "status -o json" "convert --dry-run"; do
		# shellcheck disable=SC2086
		run on config $how
		[[ $output != *c2VjcmV0* ]]
	done
	[[ $(on config show) == *"dhchap-secret = set  (/etc/nvme/nvme-fabrics.conf:3)"* ]]
}

@test "show: a file of one's own, nothing, and one that is not there" {
	one
	echo "--transport=tcp --traddr=192.0.2.9" >"$BATS_TEST_TMPDIR/mine"
	[ "$(on config show -J "$BATS_TEST_TMPDIR/mine" -o json | json "[c['traddr'] for c in d['connections']]")" = "['192.0.2.9']" ]
	[ "$(on config show -J none -o json | json "d['connections'] + d['files']")" = "[]" ]
	code 2 on config show -J "$BATS_TEST_TMPDIR/nowhere"
	[[ $stderr == *"cannot open $BATS_TEST_TMPDIR/nowhere: No such file or directory"* ]]
	[ -z "$output" ]
}

@test "show: no configuration at all is none" {
	code 0 on config show
	[ -z "$output" ]
	[[ $stderr == *"there is no configuration"* ]]
	[ "$(on config validate -o json 2>/dev/null | json "d['valid'], d['files']")" = "(True, [])" ]
}

@test "show: with an error the exit code says so" {
	one
	echo "keep-alive-tmoo = 5" >>"$ini"
	code 7 on config show
	[[ $output == "tcp 192.0.2.1:4420"* ]]
	[[ $stderr == *"there is 1 error"* ]]
}

# --- validate ---

@test "validate: sound" {
	one
	code 0 on config validate
	[ "$output" = "/etc/nvme/nvme-fabrics.conf (ini): 1 connection, nothing wrong" ]
}

@test "validate: every problem with its line" {
	one
	printf '%s\n' 'controller = transport=tcp;traddr=192.0.2.1;trsvcid=4420' 'ctrl-los-tmo = 5' >>"$ini"
	echo "--transport tcp" | disc
	code 7 on config validate
	[[ $output == *"/etc/nvme/nvme-fabrics.conf:7: error: the same connection stands at /etc/nvme/nvme-fabrics.conf:6"* ]]
	[[ $output == *"/etc/nvme/nvme-fabrics.conf:8: error: key 'ctrl-los-tmo' is not known; did you mean 'ctrl-loss-tmo'?"* ]]
	[[ $output == *"/etc/nvme/discovery.conf:1: error: traddr is missing: tcp needs one"* ]]
	run --separate-stderr on config validate -o json
	echo "$output" >"$BATS_TEST_TMPDIR/doc"
	valid config-validate <"$BATS_TEST_TMPDIR/doc"
	[ "$(json "d['valid'], d['errors'], [p['line'] for f in d['files'] for p in f['problems']]" <"$BATS_TEST_TMPDIR/doc")" = "(False, 3, [7, 8, 1])" ]
}

@test "validate: warnings alone are no failure" {
	one
	sed -i '1i [Host]\nhostnqn = nqn.2014-08.org.example:h' "$ini"
	code 0 on config validate
	[[ $output == *"nvme-fabrics.conf:1: warning: [Host] has no hostid"* ]]
	[ "$(on config validate -o json | json "d['valid'], d['warnings']")" = "(True, 1)" ]
}

@test "validate: a secret that others can read" {
	one
	echo "dhchap-secret = $SECRET" >>"$ini"
	chmod 644 "$ini"
	code 7 on config validate
	[[ $output == *"unsafe: it holds a secret, and others than its owner have access to it (mode 644); chmod 600 /etc/nvme/nvme-fabrics.conf"* ]]
	# It is used nevertheless, with a warning.
	code 0 on config status
	[[ $stderr == *"it holds a secret"* ]]
	chmod 600 "$ini"
	code 0 on config validate
}

@test "validate: bytes that are no text, and files that are too large" {
	printf '[Host]\n\377\376\n' >"$ini"
	code 7 on config validate
	[[ $output == *"nvme-fabrics.conf:2: error: this is no text: invalid UTF-8"* ]]
	head -c 1100000 /dev/zero >"$ini"
	code 7 on config validate
	[[ $stderr == *"it has more than 1048576 bytes"* ]]
}

@test "validate: control characters of a file do not reach the terminal" {
	printf '[\033[31mHost]\n' >"$ini"
	code 7 on config validate
	[[ $output != *$'\033'* ]]
}

@test "validate: a file that cannot be read" {
	[ "$(id -u)" -ne 0 ] || skip "root reads everything"
	one
	chmod 0 "$ini"
	code 4 on config validate
	[[ $stderr == *"cannot open /etc/nvme/nvme-fabrics.conf: Permission denied"* ]]
}

# --- status ---

@test "status: there, missing, and not configured" {
	subsys 1
	ctrl nvme1 1 transport=tcp address=traddr=192.0.2.1,trsvcid=4420 hostnqn=nqn.host:a hostid=id-a
	ctrl nvme2 1 transport=tcp address=traddr=192.0.2.2,trsvcid=4420 state=connecting hostnqn=nqn.host:a hostid=id-a
	ctrl nvme3 1 transport=tcp address=traddr=192.0.2.3,trsvcid=4420 hostnqn=nqn.host:a hostid=id-a
	subsys 4 && ctrl nvme4 4
	ini <<-'END'
		[Subsystem]
		nqn = nqn.2024-01.org.example:s1
		controller = transport=tcp;traddr=192.0.2.1
		controller = transport=tcp;traddr=192.0.2.2
		controller = transport=tcp;traddr=192.0.2.7
		[Discovery Controller]
		controller = transport=tcp;traddr=192.0.2.8
		[Discovery Controller]
		persistent = true
		controller = transport=tcp;traddr=192.0.2.9
	END
	on config status -o json >"$BATS_TEST_TMPDIR/doc"
	valid config-status <"$BATS_TEST_TMPDIR/doc"
	[ "$(json "[(c['status'], c['device'], c['state'], c['line']) for c in d['connections']]" <"$BATS_TEST_TMPDIR/doc")" = \
		"[('connected', 'nvme1', 'live', 3), ('connected', 'nvme2', 'connecting', 4), ('missing', '', '', 5), ('on-demand', '', '', 7), ('missing', '', '', 10), ('other', 'nvme3', 'live', 0)]" ]
	[ "$(json "d['connected'], d['missing'], d['other']" <"$BATS_TEST_TMPDIR/doc")" = "(2, 2, 1)" ]
	code 0 on config status
	[[ ${lines[2]} == "connected  nvme1"*"/etc/nvme/nvme-fabrics.conf:3" ]]
}

@test "status: not from a configuration with an error" {
	echo nonsense >"$ini"
	code 7 on config status
	[[ $stderr == *"/etc/nvme/nvme-fabrics.conf:1: 'nonsense' is neither"*"config validate"* ]]
}

# --- create ---

create() { on --quiet config create "$@"; }

@test "create: a new file, once" {
	code 0 create -t tcp -a 192.0.2.1 -s 4420 -n nqn.2024-01.org.example:s1 -k 7 --hdr-digest -o json
	diff "$ini" - <<-'END'
		[Subsystem]
		nqn = nqn.2024-01.org.example:s1
		keep-alive-tmo = 7
		hdr-digest = true
		controller = transport=tcp;traddr=192.0.2.1;trsvcid=4420
	END
	valid config-create <<<"$output"
	[ "$(stat -c %a "$ini")" = 644 ]
	cp -p "$ini" "$BATS_TEST_TMPDIR/before"
	code 0 create -t tcp -a 192.0.2.1 -n nqn.2024-01.org.example:s1 -k 7 -o json
	[ "$(json "d['created'], d['line']" <<<"$output")" = "(False, 5)" ]
	[ ! "$ini" -nt "$BATS_TEST_TMPDIR/before" ]
	code 2 create -t tcp -a 192.0.2.1 -n nqn.2024-01.org.example:s1 -k 8
	[[ $stderr == *"the connection stands at /etc/nvme/nvme-fabrics.conf:5 with another keep-alive-tmo"* ]]
	diff "$ini" "$BATS_TEST_TMPDIR/before"
}

@test "create: what is there stays as it is" {
	one
	echo "# the end, without a line feed" | tr -d '\n' >>"$ini"
	cp "$ini" "$BATS_TEST_TMPDIR/before"
	code 0 create --discovery --persistent -t tcp -a 192.0.2.9
	diff <(cat "$BATS_TEST_TMPDIR/before"; printf '\n\n[Discovery Controller]\npersistent = true\ncontroller = transport=tcp;traddr=192.0.2.9\n') "$ini"
	code 0 on config validate
	[ -z "$(find "$etc" -name 'nvme-fabrics.conf.*')" ]
}

@test "create: a dry run writes nothing" {
	code 0 create -t tcp -a 192.0.2.1 -n nqn.2024-01.org.example:s1 --dry-run
	[[ $output == *"Make the file"*"/etc/nvme/nvme-fabrics.conf"*"controller = transport=tcp;traddr=192.0.2.1"* ]]
	[ ! -e "$ini" ]
}

@test "create: another host has a file of its own" {
	one
	code 0 create -t tcp -a 192.0.2.1 -n nqn.2024-01.org.example:s1 -q nqn.2014-08.org.nvmexpress:uuid:62a4ab74-1e18-11f1-8bb7-6c1ff71ba506 \
		-I 62a4ab74-1e18-11f1-8bb7-6c1ff71ba506
	file=$ini.d/host-62a4ab74-1e18-11f1-8bb7-6c1ff71ba506.conf
	diff "$file" - <<-'END'
		[Host]
		hostnqn = nqn.2014-08.org.nvmexpress:uuid:62a4ab74-1e18-11f1-8bb7-6c1ff71ba506
		hostid = 62a4ab74-1e18-11f1-8bb7-6c1ff71ba506

		[Subsystem]
		nqn = nqn.2024-01.org.example:s1
		controller = transport=tcp;traddr=192.0.2.1
	END
	# The next one joins it; a contradiction does not.
	code 0 create -t tcp -a 192.0.2.2 -n nqn.2024-01.org.example:s1 -q nqn.2014-08.org.nvmexpress:uuid:62a4ab74-1e18-11f1-8bb7-6c1ff71ba506 \
		-I 62a4ab74-1e18-11f1-8bb7-6c1ff71ba506
	[ "$(grep -c '^\[Host\]' "$file")" = 1 ]
	code 2 create -t tcp -a 192.0.2.3 -n nqn.2024-01.org.example:s1 -q nqn.2014-08.org.nvmexpress:uuid:62a4ab74-1e18-11f1-8bb7-6c1ff71ba506 \
		-I 11111111-2222-3333-4444-555555555555
	code 0 create -t tcp -a 192.0.2.3 -n nqn.2024-01.org.example:s1 -q nqn.2014-08.org.example:lab --host-symname 'our lab/1'
	[ -e "$ini.d/host-our-lab-1.conf" ]
	code 0 on config validate
}

@test "create: secrets come from files, and make the file private" {
	one
	chmod 644 "$ini"
	echo "$SECRET" >"$BATS_TEST_TMPDIR/secret"
	chmod 600 "$BATS_TEST_TMPDIR/secret"
	code 2 create -t tcp -a 192.0.2.2 -n nqn.2024-01.org.example:s1 -S "$SECRET"
	[[ $stderr == *"--dhchap-secret-file=FILE"* ]]
	code 0 create -t tcp -a 192.0.2.2 -n nqn.2024-01.org.example:s1 --dhchap-secret-file "$BATS_TEST_TMPDIR/secret" --dry-run
	[[ $output == *"dhchap-secret = ***"* && $output != *c2VjcmV0* ]]
	code 0 create -t tcp -a 192.0.2.2 -n nqn.2024-01.org.example:s1 --dhchap-secret-file "$BATS_TEST_TMPDIR/secret"
	[ "$(stat -c %a "$ini")" = 600 ]
	grep -qx "dhchap-secret = $SECRET" "$ini"
	code 0 create -t tcp -a 192.0.2.3 -n nqn.2024-01.org.example:s1
	[ "$(stat -c %a "$ini")" = 600 ]
	code 0 on config validate
}

@test "create: refused with a reason" {
	code 2 create -t tcp -n nqn.2024-01.org.example:s1
	[[ $stderr == *"traddr is missing"* ]]
	code 2 create -t tcp -a 192.0.2.1
	[[ $stderr == *"nqn is missing"* ]]
	code 2 create -t tcp -a 192.0.2.1 -n nqn.2024-01.org.example:s1 --persistent
	code 2 create -t tcp -a 192.0.2.1 -n nqn.2024-01.org.example:s1 -I 11111111-2222-3333-4444-555555555555
	code 2 create -t tcp -a 192.0.2.1 -n nqn.2024-01.org.example:s1 --host-symname me
	code 2 create -t tcp -a '192.0.2.1;tls=true' -n nqn.2024-01.org.example:s1
	[[ $stderr == *"the file cannot hold it"* ]]
	code 2 create -t tcp -a 192.0.2.1 -n nqn.2024-01.org.example:s1 --concat
	[[ $stderr == *"concat needs dhchap-secret"* ]]
	[ ! -e "$ini" ]
	echo nonsense >"$ini"
	code 7 create -t tcp -a 192.0.2.1 -n nqn.2024-01.org.example:s1
	[ "$(cat "$ini")" = nonsense ]
}

@test "create: into a file of one's own" {
	code 0 create -t tcp -a 192.0.2.1 -n nqn.2024-01.org.example:s1 --output "$BATS_TEST_TMPDIR/mine.conf"
	[ ! -e "$ini" ]
	[ "$(on config show -J "$BATS_TEST_TMPDIR/mine.conf" -o json | json "len(d['connections'])")" = 1 ]
	echo "-t tcp -a 192.0.2.9" >"$BATS_TEST_TMPDIR/old"
	code 2 create -t tcp -a 192.0.2.1 -n nqn.2024-01.org.example:s1 --output "$BATS_TEST_TMPDIR/old"
	[[ $stderr == *"config convert"* ]]
	code 2 create -t tcp -a 192.0.2.1 -n nqn.2024-01.org.example:s1 --output "$BATS_TEST_TMPDIR/no/such/folder"
}

@test "create: several at once, and none undoes another" {
	for i in {1..20}; do
		create -t tcp -a "192.0.2.$i" -n nqn.2024-01.org.example:s1 >/dev/null &
	done
	wait
	[ "$(on config show -o json | json "len(d['connections'])")" = 20 ]
}

@test "create: what cannot be written leaves everything as it was" {
	one
	touch "$ini.d" # no folder
	code 2 create -t tcp -a 192.0.2.2 -n nqn.2024-01.org.example:s1 -q nqn.2014-08.org.example:h
	[[ $stderr == *"cannot write /etc/nvme/nvme-fabrics.conf.d/host-h.conf"* ]]
	[ -z "$(find "$etc" -name '*.conf.??????')" ]
}

@test "create: a folder that may not be written leaves the old file" {
	[ "$(id -u)" -ne 0 ] || skip "root writes everywhere"
	one
	cp "$ini" "$BATS_TEST_TMPDIR/before"
	chmod 555 "$etc"
	code 4 create -t tcp -a 192.0.2.2 -n nqn.2024-01.org.example:s1
	chmod 755 "$etc"
	diff "$ini" "$BATS_TEST_TMPDIR/before"
}

# --- convert ---

legacy() {
	config <<-END
		[ { "hostnqn": "nqn.2014-08.org.example:h", "hostid": "11111111-2222-3333-4444-555555555555", "dhchap_key": "$SECRET",
		    "subsystems": [ { "nqn": "nqn.2024-01.org.example:s1", "application": "db", "ports": [
		      { "transport": "tcp", "traddr": "192.0.2.1", "trsvcid": "4420", "ctrl_loss_tmo": -1, "tos": 3 },
		      { "transport": "tcp", "traddr": "192.0.2.2", "trsvcid": "4420", "ctrl_loss_tmo": -1, "tos": 4 } ] } ] } ]
	END
	chmod 600 "$etc/config.json"
	printf '%s\n' '# services' '-t tcp -a 192.0.2.8' '-t tcp -a 192.0.2.9 -p -k 30' | disc
}

# what: the connections without where they stand
what() {
	on --quiet config show -o json | json "sorted((c['connection'], sorted((v['key'], v['value']) for v in c['values'])) for c in d['connections'])"
}

@test "convert: the same connections, in the new format" {
	legacy
	what >"$BATS_TEST_TMPDIR/before"
	code 0 on config convert -o json
	valid config-convert <<<"$output"
	[[ $stderr == *"config.json:3: the application 'db' is left out"* ]]
	diff "$ini" - <<-'END'
		[Discovery Controller]
		controller = transport=tcp;traddr=192.0.2.8

		[Discovery Controller]
		persistent = true
		keep-alive-tmo = 30
		controller = transport=tcp;traddr=192.0.2.9
	END
	[ "$(stat -c %a "$ini")" = 644 ]
	diff "$ini.d/host-h.conf" - <<-END
		[Host]
		hostnqn = nqn.2014-08.org.example:h
		hostid = 11111111-2222-3333-4444-555555555555

		[Subsystem]
		nqn = nqn.2024-01.org.example:s1
		dhchap-secret = $SECRET
		ctrl-loss-tmo = -1
		controller = transport=tcp;traddr=192.0.2.1;trsvcid=4420;tos=3
		controller = transport=tcp;traddr=192.0.2.2;trsvcid=4420;tos=4
	END
	[ "$(stat -c %a "$ini.d/host-h.conf")" = 600 ]
	[ "$(readlink "$etc/config.json.converted")" = config.json ]
	what | diff "$BATS_TEST_TMPDIR/before" -
	code 0 on config validate
	[[ $output == *"/etc/nvme/config.json (json): converted, not read any more"* ]]
}

@test "convert: a dry run, and nothing is replaced without --force" {
	legacy
	code 0 on config convert --dry-run
	[[ $output == *"/etc/nvme/nvme-fabrics.conf"*"Mark as converted"*"/etc/nvme/config.json"* && $output != *c2VjcmV0* ]]
	[ ! -e "$ini" ]
	[ ! -e "$ini.d" ]
	echo "# mine" >"$ini"
	code 2 on config convert
	[[ $stderr == *"/etc/nvme/nvme-fabrics.conf exists already"*"--force"* ]]
	[ "$(cat "$ini")" = "# mine" ]
	code 0 on config convert --force
	[ "$(head -n 1 "$ini")" = "[Discovery Controller]" ]
}

@test "convert: one file to another place marks nothing" {
	legacy
	code 0 on config convert -J "$etc/discovery.conf" --output "$BATS_TEST_TMPDIR/new.conf"
	[ "$output" = "$BATS_TEST_TMPDIR/new.conf: 2 connections" ]
	[ ! -e "$ini" ]
	[ ! -e "$etc/discovery.conf.converted" ]
	code 0 on config convert -J "$etc/config.json" --output "$BATS_TEST_TMPDIR/one.conf"
	[ "$output" = "$BATS_TEST_TMPDIR/one.conf: 2 connections as nqn.2014-08.org.example:h" ]
	[ "$(stat -c %a "$BATS_TEST_TMPDIR/one.conf")" = 600 ]
	code 2 on config convert -J "$BATS_TEST_TMPDIR/new.conf" --output "$BATS_TEST_TMPDIR/x"
}

@test "convert: as many connections as there may be, in seconds" {
	for ((i = 0; i < 8192; i++)); do
		echo "-t tcp -a 192.0.$((i / 250)).$((i % 250))"
	done | disc
	code 0 timeout 60 env NVMEKIT_SYSROOT="$root" "$NVMEKIT" config convert
	[ "$(grep -c ^controller "$ini")" = 8192 ]
}

@test "convert: what held for all that a discovery controller offers is said" {
	echo '-t tcp -a 192.0.2.8 -l 77 -p -k 30' | disc
	code 0 on config convert --dry-run
	[[ $stderr == *"discovery.conf:1: ctrl-loss-tmo is from now on the discovery controller's own"* && $stderr != *keep-alive* ]]
}

@test "convert: nothing to convert, or something that is wrong" {
	code 2 on config convert
	[[ $stderr == *"there is nothing to convert"* ]]
	echo "-t tcp" | disc
	code 7 on config convert
	[[ $stderr == *"/etc/nvme/discovery.conf:1: traddr is missing"* ]]
	[ ! -e "$ini" ]
	code 2 on config convert -J "$BATS_TEST_TMPDIR/nowhere" --output "$BATS_TEST_TMPDIR/x"
}

# --- config.json, as nvme-cli 2.x writes it ---

nv() { NVMEKIT_SYSROOT=$root "$NVMEKIT" nvme config "$@"; }

connected() {
	subsys 1
	ctrl nvme1 1 transport=tcp address=traddr=192.0.2.1,trsvcid=4420,host_iface=eth0 hostnqn=nqn.2014-08.org.example:h \
		hostid=11111111-2222-3333-4444-555555555555
	ctrl nvme2 1 transport=tcp address=traddr=192.0.2.2,trsvcid=4420 hostnqn=nqn.2014-08.org.example:h \
		hostid=11111111-2222-3333-4444-555555555555
	subsys 4 && ctrl nvme4 4
}

@test "nvme config --scan --dump: what is connected" {
	connected
	code 0 nv --scan --dump --config=none
	[ "$(json "[(h['hostnqn'], s['nqn'], [p['traddr'] for p in s['ports']]) for h in d for s in h['subsystems']]" <<<"$output")" = \
		"[('nqn.2014-08.org.example:h', 'nqn.2024-01.org.example:s1', ['192.0.2.1', '192.0.2.2'])]" ]
	[ "$(json "d[0]['subsystems'][0]['ports'][0]['host_iface']" <<<"$output")" = eth0 ]
	code 0 nv
	[ -z "$output" ]
	[ "$(on config --scan --dump | json "len(d)")" = 1 ]
}

@test "nvme config --update: the file, with what it had" {
	connected
	ctrl nvme3 1 transport=tcp address=traddr=192.0.2.3,trsvcid=4420 hostnqn=nqn.2014-08.org.example:h \
		hostid=11111111-2222-3333-4444-555555555555
	legacy
	code 0 nv -R -U
	[ -z "$output" ]
	[ "$(stat -c %a "$etc/config.json")" = 600 ]
	grep -q "$SECRET" "$etc/config.json"
	# What was there is there once, with its values; the rest is added to the same subsystem.
	[ "$(json "[(p['traddr'], p.get('tos')) for p in d[0]['subsystems'][0]['ports']]" <"$etc/config.json")" = \
		"[('192.0.2.1', 3), ('192.0.2.2', 4), ('192.0.2.3', None)]" ]
	[ "$(json "len(d), len(d[0]['subsystems']), d[0]['subsystems'][0]['application']" <"$etc/config.json")" = "(1, 1, 'db')" ]
	code 0 nv -O
	[[ $output != *c2VjcmV0* && $output == *'"ctrl_loss_tmo":-1'* ]]
	rm "$etc/discovery.conf"
	code 0 on config validate
}

@test "nvme config --modify: one connection, and a new file" {
	new=$BATS_TEST_TMPDIR/new.json
	args=(-J "$new" -M -U -t tcp -a 192.0.2.1 -n nqn.2024-01.org.example:s1 -q nqn.2014-08.org.example:h -I 11111111-2222-3333-4444-555555555555)
	code 0 nv "${args[@]}" -k 7
	code 0 nv "${args[@]}" -l 60
	[ "$(json "d[0]['subsystems'][0]['ports']" <"$new")" = "[{'transport': 'tcp', 'traddr': '192.0.2.1', 'keep_alive_tmo': 7, 'ctrl_loss_tmo': 60}]" ]
	code 1 nv -J "$new" -M -t tcp -n nqn.2024-01.org.example:s1
	code 1 nv -J none -U --scan
	echo nonsense >"$new"
	code 1 nv -J "$new" --scan --update
	[ "$(cat "$new")" = nonsense ]
	rm "$new"
	code 0 on config -J "$new" -R -U --dry-run
	[ ! -e "$new" ]
}

# --- the simulated system ---

@test "an image has files of its own, and keeps what is created" {
	cat >"$BATS_TEST_TMPDIR/image.json" <<-'END'
		{ "nvmekit-image": 1, "subsystems": [], "files": { "/etc/nvme/discovery.conf": [ "-t tcp -a 192.0.2.1" ] } }
	END
	sim() { "$NVMEKIT" --quiet --system "$BATS_TEST_TMPDIR/image.json" --sysroot "$root" "$@"; }
	one # is of another system
	[ "$(sim config show -o json | json "[c['traddr'] for c in d['connections']]")" = "['192.0.2.1']" ]
	code 0 sim config create -t tcp -a 192.0.2.2 -n nqn.2024-01.org.example:s1
	code 0 sim config convert --force
	[ "$(sim config show -o json | json "[(c['traddr'], c['file']) for c in d['connections']]")" = "[('192.0.2.1', '/etc/nvme/nvme-fabrics.conf')]" ]
	[ "$(json "d['files']['/etc/nvme/nvme-fabrics.conf'][0]" <"$BATS_TEST_TMPDIR/image.json")" = "[Discovery Controller]" ]
	code 7 "$NVMEKIT" --system <(echo '{ "nvmekit-image": 1, "subsystems": [], "files": { "x": [] } }') config show
	code 7 "$NVMEKIT" --system <(echo '{ "nvmekit-image": 1, "subsystems": [], "files": { "/x": [ "a\nb" ] } }') config show
}

# --- the page ---

# block N: the Nth block of docs/config.md between lines of backquotes, with a secret that is one
block() {
	awk -v n="$1" '/^```/ { open = !open; if (open) k++; next } open && k == n' "$top/docs/config.md" | sed "s|DHHC-1:00:\.\.\.|$SECRET|"
}

@test "the examples of the page are sound" {
	block 1 | ini
	chmod 600 "$ini"
	code 0 on config validate
	[ "$output" = "/etc/nvme/nvme-fabrics.conf (ini): 3 connections, nothing wrong" ]
	rm "$ini"
	block 2 | config
	code 0 on config validate
	[ "$output" = "/etc/nvme/config.json (json): 2 connections, nothing wrong" ]
	rm "$etc/config.json"
	block 3 | disc
	code 0 on config validate
	[ "$output" = "/etc/nvme/discovery.conf (discovery): 2 connections, nothing wrong" ]
}
