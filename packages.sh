# SPDX-License-Identifier: Apache-2.0 OR MIT
# Sourced by quickstart and test-all: what they need, and how a Debian system gets it.
# shellcheck shell=bash disable=SC2034

build_packages=(gcc libc6-dev make autoconf automake pkg-config xz-utils libnvme-dev libjson-c-dev libsmartcols-dev libblkid-dev libmount-dev libssl-dev libkeyutils-dev)
test_packages=(libcmocka-dev bats python3 python3-jsonschema zsh bash-completion man-db groff-base file clang clang-format
	valgrind nvme-cli ca-certificates parallel shellcheck systemd)

# Installs the packages among its arguments that are not there yet.
need_packages() {
	local missing=() p
	if ! command -v dpkg-query >/dev/null; then
		echo "This script installs packages on Debian only. Elsewhere, install what packages.sh lists." >&2
		return 0
	fi
	for p in "$@"; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
	done
	[ ${#missing[@]} -eq 0 ] && return 0
	local run=()
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null || {
			echo "These packages are missing, and only root can install them: ${missing[*]}" >&2
			return 1
		}
		run=(sudo)
	fi
	echo "Installing: ${missing[*]}" >&2
	"${run[@]}" env DEBIAN_FRONTEND=noninteractive sh -c 'apt-get -q update && exec apt-get -q -y --no-install-recommends install "$@"' \
		sh "${missing[@]}" >&2
}
