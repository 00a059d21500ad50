# SPDX-License-Identifier: Apache-2.0 OR MIT
# shellcheck shell=bash
#
# Fills the cache folder: QEMU, a kernel, busybox and kmod, what puts namespaces
# to use, what TLS and booting need besides, and the nvme-cli releases to compare
# with. Debian packages are downloaded with an apt configuration of our own and
# only unpacked: nothing is installed, and the host's package sources, lists and
# caches stay as they are.

# Set by guest:
: "${cache:?}"

# Raise it when the contents of the cache folder change.
layout=3

# The suite that everything but the newest nvme-cli comes from.
base=bookworm
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# Counted as installed, so that they are not fetched: what only maintainer
# scripts or a booted Debian would use.
stand_ins=(
	adduser coreutils debconf dpkg init-system-helpers initramfs-tools linux-base
	logsave lsb-base passwd perl perl-base systemd udev usrmerge uuid-runtime
)

# Loaded before the host's files can be seen; all others are loaded from the
# kernel's module tree when they are needed.
early_modules=(virtio_pci virtio_console 9pnet_virtio 9p overlay nvme)

guest_fetch()
{
	local final=$cache/guest-$layout work

	[[ $(uname -m) == x86_64 ]] || die "needs an x86_64 host"
	if [[ -e $final/versions ]]; then
		say "$final is ready"
		return
	fi
	mkdir -p "$cache"
	exec {lock}>"$cache/lock"
	flock "$lock"
	[[ ! -e $final/versions ]] || return 0
	# We hold the lock: these were left by a fetch that was interrupted.
	rm -rf "$cache"/new.* "$final"
	work=$(mktemp -d "$cache/new.XXXXXX")
	# shellcheck disable=SC2064 # $work is local
	trap "rm -rf '$work'" EXIT
	trap 'exit 130' INT TERM HUP
	mkdir -p "$work/tree/bin"

	apt_prepare "$work/apt"
	fetch_qemu "$work/apt" "$work/tree"
	fetch_tools "$work/apt" "$work/tree"
	fetch_storage "$work/apt" "$work/tree"
	fetch_boot "$work/apt" "$work/tree"
	fetch_kernel "$work/apt" "$work/tree"
	fetch_nvme_old "$work/apt" "$work/tree"
	fetch_nvme_new "$work/apt" "$work/tree"
	fetch_tlshd "$work/apt" "$work/tree"
	sort -o "$work/tree/versions" "$work/tree/versions"

	chmod -R u+w,go+rX "$work/tree"
	chmod go+rx "$work/tree"
	mv -T "$work/tree" "$final"
	ln -sfn "guest-$layout/bin" "$work/bin"
	mv -T "$work/bin" "$cache/bin"
	say "$final is ready"
}

# --- apt, with a configuration of our own

# find_mirror: the Debian mirror that the host itself uses
find_mirror()
{
	local codename
	# shellcheck disable=SC2016 # the fields are apt's
	local format='$(REPO_URI) $(RELEASE) $(COMPONENT)'

	if [[ -n ${NVMEKIT_MIRROR-} ]]; then
		echo "$NVMEKIT_MIRROR"
		return
	fi
	# A mirror of Debian has the suite and its updates; another source that
	# borrows the name of the suite has not.
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
	# Without --no-release-info it lists only what has been downloaded.
	apt-get indextargets --no-release-info --format "$format" 'Created-By: Packages' |
		awk -v name="${codename:-$base}" '
			$3 != "main" || $1 ~ /^cdrom:/ { next }
			$2 == name { suite[$1] = 1; order[++n] = $1 }
			$2 == name "-updates" { updates[$1] = 1 }
			$1 ~ /\/debian\/?$/ { named[$1] = 1 }
			END {
				for (score = 2; score >= 0; score--)
					for (i = 1; i <= n; i++)
						if ((order[i] in updates) + \
						    (order[i] in named) == score) {
							print order[i]
							exit
						}
			}'
}

# apt_prepare DIR: what the functions below need, in a new folder
apt_prepare()
{
	local dir=$1 name

	for name in apt-get apt-cache apt-config dpkg dpkg-deb; do
		type "$name" >/dev/null || die "needs $name"
	done
	[[ -r $keyring ]] || die "needs $keyring"
	mirror=$(find_mirror)
	[[ -n $mirror ]] ||
		die "found no Debian mirror in the host's package sources: name one in NVMEKIT_MIRROR"
	mkdir -p "$dir/state/lists/partial" "$dir/cache"
	for name in "${stand_ins[@]}"; do
		printf '%s: %s\n' Package "$name" Status 'install ok installed' \
			Version 99:1 Architecture all Multi-Arch foreign \
			Maintainer none Description stand-in
		echo
	done >"$dir/status"
	apt_config "$dir" >"$dir/apt.conf"
}

# apt_config DIR: of the host's own settings only how to reach the network
apt_config()
{
	local dir=$1

	apt-config dump | grep -E '^(Acquire|APT::Architecture )' || :
	cat <<-END
	#clear APT::Architectures;
	APT::Architectures:: "amd64";
	APT::Architecture "amd64";
	APT::Sandbox::User "$(id -un)";
	APT::Get::List-Cleanup "false";
	APT::Install-Recommends "false";
	APT::Update::Error-Mode "any";
	Acquire::Languages "none";
	Acquire::Retries "3";
	Dir::State "$dir/state";
	Dir::State::status "$dir/status";
	Dir::Cache "$dir/cache";
	Dir::Log "$dir";
	Dir::Etc::main "/dev/null";
	Dir::Etc::parts "/dev/null";
	Dir::Etc::sourceparts "/dev/null";
	Dir::Etc::preferences "/dev/null";
	Dir::Etc::preferencesparts "/dev/null";
	END
}

# apt_sources DIR SUITE...: fetch the package lists of these suites
apt_sources()
{
	local dir=$1 suite
	shift

	for suite; do
		echo "deb [arch=amd64 signed-by=$keyring] $mirror $suite main"
	done >"$dir/sources.list"
	apt_run "$dir" apt-get -qq update
}

# apt_run DIR COMMAND...: with the last apt_sources
apt_run()
{
	local dir=$1
	shift

	APT_CONFIG=$dir/apt.conf "$1" -o Dir::Etc::sourcelist="$dir/sources.list" "${@:2}"
}

# apt_unpack DIR RELEASE TREE ROOT PACKAGE...: packages and all they depend on,
# unpacked into TREE/ROOT
apt_unpack()
{
	local dir=$1 release=$2 tree=$3 root=$4 deb
	shift 4

	say "fetching $root ($release)"
	rm -rf "$dir/debs"
	mkdir -p "$dir/debs/partial" "$tree/$root"
	apt_run "$dir" apt-get -qq -y -o Dir::Cache::archives="$dir/debs" \
		-t "$release" --allow-downgrades --download-only install "$@"
	for deb in "$dir/debs"/*.deb; do
		dpkg-deb -x "$deb" "$tree/$root"
		# shellcheck disable=SC2016 # the fields are dpkg-deb's
		dpkg-deb --showformat "$root: \${Package} \${Version}\n" -W "$deb"
	done >>"$tree/versions"
	rm -rf "$tree/$root"/usr/share/{doc,man,locale,info,lintian} \
		"$tree/$root"/{usr/,}lib/x86_64-linux-gnu/gconv "$tree/$root"/usr/lib/udev/hwdb.d
}

# --- what is fetched

fetch_qemu()
{
	apt_sources "$1" "$base" "$base-backports"
	apt_unpack "$1" "$base-backports" "$2" qemu qemu-system-x86
	wrap "$2" qemu usr/bin/qemu-system-x86_64 qemu-system-x86_64
}

fetch_tools()
{
	apt_unpack "$1" "$base" "$2" tools busybox-static kmod
	ln -s ../tools/bin/busybox "$2/bin/busybox"
	wrap "$2" tools bin/kmod modprobe
	wrap "$2" tools bin/kmod depmod
}

# File systems, MD and device mapper: what can use a namespace.
fetch_storage()
{
	apt_unpack "$1" "$base" "$2" storage e2fsprogs mdadm dmsetup
	wrap "$2" storage sbin/mke2fs mkfs.ext4
	wrap "$2" storage sbin/mdadm mdadm
	wrap "$2" storage sbin/dmsetup dmsetup
}

# udev, which turns the kernel's events into commands, and what makes initial
# file systems. udev is one of the stand-ins: so it has to be named by its suite.
fetch_boot()
{
	apt_unpack "$1" "$base" "$2" boot "udev/$base" initramfs-tools-core dracut-core
	wrap "$2" boot bin/udevadm udevadm
	wrap "$2" boot bin/udevadm systemd-udevd
}

fetch_kernel()
{
	local tree=$2 modules

	apt_unpack "$1" "$base-backports" "$tree" kernel linux-image-amd64
	modules=$(only "$tree"/kernel/{,usr/}lib/modules/*)
	ln -s "$(basename "$(only "$tree"/kernel/boot/vmlinuz-*)")" "$tree/kernel/boot/vmlinuz"
	ln -s "${modules#"$tree/kernel/"}" "$tree/kernel/modules"
	"$tree/bin/depmod" -b "${modules%/lib/modules/*}" "${modules##*/}"
	make_initramfs "$tree" "$modules"
}

fetch_nvme_old()
{
	apt_unpack "$1" "$base" "$2" nvme-old nvme-cli
	wrap_nvme "$2" nvme-old
}

# The newest 2.x that a later suite has; of the same release the one from the
# suite that moves least.
fetch_nvme_new()
{
	local dir=$1 tree=$2 suite version best='' from=''

	for suite in trixie forky sid; do
		if ! apt_sources "$dir" "$suite"; then
			say "no package list of $suite: left out"
			continue
		fi
		version=$(apt_run "$dir" apt-cache show --no-all-versions nvme-cli |
			sed -n 's/^Version: //p') || :
		[[ $version == 2.* ]] || continue
		if [[ -z $best ]] || dpkg --compare-versions "${version%-*}" gt "${best%-*}"; then
			best=$version
			from=$suite
		fi
	done
	[[ -n $best ]] || die "no later suite has an nvme-cli 2.x"
	apt_sources "$dir" "$from"
	apt_unpack "$dir" "$from" "$tree" nvme-new nvme-cli
	wrap_nvme "$tree" nvme-new
}

# The daemon that does TLS handshakes for the kernel, of the first suite that has it.
fetch_tlshd()
{
	local dir=$1 tree=$2 suite

	for suite in trixie forky sid; do
		apt_sources "$dir" "$suite" || continue
		apt_run "$dir" apt-cache show --no-all-versions ktls-utils >/dev/null 2>&1 || continue
		apt_unpack "$dir" "$suite" "$tree" tlshd ktls-utils
		wrap "$tree" tlshd usr/sbin/tlshd tlshd
		return
	done
	die "no later suite has ktls-utils"
}

# --- after unpacking

# only FILE...: the one of them that exists
only()
{
	local file found=()

	for file; do
		[[ ! -e $file ]] || found+=("$file")
	done
	((${#found[@]} == 1)) || die "expected one of: $*"
	echo "${found[0]}"
}

# wrap TREE ROOT PROGRAM NAME [ARGV0]: bin/NAME runs ROOT/PROGRAM with the
# libraries that were unpacked beside it, wherever the cache folder lies
wrap()
{
	local tree=$1 root=$2 program=$3 name=$4 argv0=${5-$4} loader

	loader=$(only "$tree/$root"/{usr/,}lib/x86_64-linux-gnu/ld-linux-x86-64.so.2)
	cat >"$tree/bin/$name" <<-END
	#!/bin/sh
	root=\$(dirname "\$(readlink -f "\$0")")/../$root
	libs=\$root/lib/x86_64-linux-gnu:\$root/usr/lib/x86_64-linux-gnu
	exec "\$root/${loader#"$tree/$root/"}" --inhibit-cache --library-path "\$libs" \\
		--argv0 $argv0 "\$root/$program" "\$@"
	END
	chmod +x "$tree/bin/$name"
}

# wrap_nvme TREE ROOT: bin/ROOT and bin/nvme-VERSION
wrap_nvme()
{
	local tree=$1 root=$2 version

	wrap "$tree" "$root" usr/sbin/nvme "$root" nvme
	version=$("$tree/bin/$root" version | awk '$1 == "nvme" { print $3; exit }')
	[[ $version == 2.* ]] || die "$root has an unexpected version: $version"
	ln -sf "$root" "$tree/bin/nvme-$version"
}

# make_initramfs TREE MODULES: all of the first file system but its init,
# which is added for each run
make_initramfs()
{
	local tree=$1 modules=$2 dir=$1/initramfs.d module
	local busybox=$1/bin/busybox

	mkdir -p "$dir"/{bin,modules,proc,sys,dev,job,host,over,new}
	cp -L "$busybox" "$dir/bin/busybox"
	ln -s busybox "$dir/bin/sh"
	module_order "$modules/modules.dep" "${early_modules[@]}" |
		while read -r module; do
			basename "${module%.xz}" >>"$dir/modules/order"
			if [[ $module == *.xz ]]; then
				"$busybox" unxz -c "$modules/$module"
			else
				cat "$modules/$module"
			fi >"$dir/modules/$(basename "${module%.xz}")"
		done
	(cd "$dir" && find . | "$busybox" cpio -o -H newc -R 0:0 2>/dev/null) >"$tree/initramfs"
	rm -r "$dir"
}

# module_order MODULES.DEP NAME...: their files, each after what it needs
module_order()
{
	awk -v names="${*:2}" '
		{
			file = $1
			sub(/:$/, "", file)
			name = file
			sub(/.*\//, "", name)
			sub(/\.ko.*/, "", name)
			gsub(/-/, "_", name)
			path[name] = file
			needs[name] = $0
		}
		END {
			count = split(names, want, " ")
			for (i = 1; i <= count; i++) {
				n = split(needs[want[i]], part, " ")
				for (j = n; j > 1; j--)
					if (!seen[part[j]]++)
						print part[j]
				if (want[i] in path && !seen[path[want[i]]]++)
					print path[want[i]]
			}
		}' "$1"
}
