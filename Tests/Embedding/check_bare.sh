#!/usr/bin/env bash
# Reads .coin from Python in an older Debian without Swift or compilers: check_bare.sh FOLDER WHEEL
#
# Makes the system with debootstrap, some minutes, and keeps it in FOLDER/bare. Exit code 77: that
# cannot be done here.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=scripts/lib/setup.sh
source "$root/scripts/lib/setup.sh"
# shellcheck source=Tests/Embedding/bare.sh
source "$root/Tests/Embedding/bare.sh"

bare=$1/bare
make_bare "$bare" bullseye python3,python3-pip
rm -rf "$bare/opt/test"
mkdir -p "$bare/opt/test"
cp "$2" "$bare/opt/test/"
cp -r "$root/spec/vectors" "$root/Tests/Embedding/test_python.py" "$bare/opt/test/"
chroot "$bare" python3 -m pip -q install --no-index --no-deps --target /opt/test/site \
  "/opt/test/$(basename "$2")"
chroot "$bare" env COIN_VECTORS=/opt/test/vectors PYTHONPATH=/opt/test/site \
  python3 /opt/test/test_python.py
say "Debian $(cat "$bare/etc/debian_version"), $(chroot "$bare" python3 --version)"
