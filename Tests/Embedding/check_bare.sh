#!/usr/bin/env bash
# Reads .coin from Python in an older Debian without Swift or compilers: check_bare.sh FOLDER WHEEL
#
# Makes the system with debootstrap, some minutes, and keeps it in FOLDER/bare. Exit code 77: that
# cannot be done here.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=scripts/lib/setup.sh
source "$root/scripts/lib/setup.sh"

if [ "$(id -u)" -ne 0 ] || ! have debootstrap; then
  say "SKIPPED: a bare Debian (debootstrap, as root, is needed)"
  exit 77
fi
bare=$1/bare
if [ ! -e "$bare/usr/bin/python3" ]; then
  rm -rf "$bare"
  timeout 900 debootstrap --variant=minbase --include=python3,python3-pip bullseye "$bare" \
    "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" >"$1/debootstrap.log" 2>&1 || {
    rm -rf "$bare"
    say "SKIPPED: a bare Debian (debootstrap failed: $(tail -1 "$1/debootstrap.log"))"
    exit 77
  }
fi
rm -rf "$bare/opt/test"
mkdir -p "$bare/opt/test"
cp "$2" "$bare/opt/test/"
cp -r "$root/spec/vectors" "$root/Tests/Embedding/test_python.py" "$bare/opt/test/"
chroot "$bare" python3 -m pip -q install --no-index --no-deps --target /opt/test/site \
  "/opt/test/$(basename "$2")"
chroot "$bare" env COIN_VECTORS=/opt/test/vectors PYTHONPATH=/opt/test/site \
  python3 /opt/test/test_python.py
say "Debian $(cat "$bare/etc/debian_version"), $(chroot "$bare" python3 --version)"
