# Bare systems for tests; sourced after setup.sh, not run.
# shellcheck shell=bash

# Makes the release SUITE with PACKAGES (commas between) in FOLDER by debootstrap, some minutes, or
# takes the one that is there: make_bare FOLDER SUITE PACKAGES [MIRROR]. DEBIAN_MIRROR comes before
# the MIRROR. Ends the script with 77 where that cannot be done.
make_bare() {
  if [ "$(id -u)" -ne 0 ] || ! have debootstrap; then
    say "SKIPPED: a bare Debian (debootstrap, as root, is needed)"
    exit 77
  fi
  [ "$(cat "$1.made" 2>/dev/null)" != "$2 $3" ] || return 0
  rm -rf "$1" "$1.made"
  timeout 900 debootstrap --variant=minbase --include="$3" "$2" "$1" \
    "${DEBIAN_MIRROR:-${4:-http://deb.debian.org/debian}}" >"$1.log" 2>&1 || {
    rm -rf "$1"
    say "SKIPPED: a bare Debian (debootstrap failed: $(tail -1 "$1.log"))"
    exit 77
  }
  echo "$2 $3" >"$1.made"
}
