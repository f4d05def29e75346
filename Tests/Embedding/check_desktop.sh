#!/usr/bin/env bash
# Installs into a folder and checks what a desktop, a shell and a compiler make of it:
# check_desktop.sh FOLDER. Exit code 77: not Linux.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=scripts/lib/setup.sh
source "$root/scripts/lib/setup.sh"
[ "$(uname)" = Linux ] || { say "SKIPPED: the desktop (not Linux)"; exit 77; }

prefix=$1/prefix
rm -rf "$prefix"
options=(--prefix "$prefix" --name coin-test)
[ -x "$root/.build/release/convert" ] || options+=(--without-converter)
"$root/scripts/install" "${options[@]}" 2>/dev/null

picture=$root/docs/viewer/kodim15-middle.coin
cp "$picture" "$1/without-extension"
if have gio && have update-mime-database; then
  for file in "$picture" "$1/without-extension"; do
    kind=$(XDG_DATA_HOME=$prefix/share gio info -a standard::content-type "$file" |
      sed -n 's/.*content-type: //p')
    [ "$kind" = image/x-coin ] || die "GIO says that $file is '$kind'"
  done
  say "GIO knows the type, also without an extension"
else
  say "SKIPPED: the type (gio or update-mime-database is not installed)"
fi

if [ -x "$prefix/bin/coin-thumbnailer" ]; then
  # The command of the thumbnailer's file, as a desktop runs it.
  command=$(sed -n 's/^Exec=//p' "$prefix/share/thumbnailers/coin.thumbnailer")
  command=${command//%i/$1/without-extension}
  command=${command//%o/$1/thumbnail.png}
  command=${command//%s/128}
  read -ra words <<<"$command"
  "${words[@]}"
  python3 - "$1/thumbnail.png" <<'PYTHON'
import struct, sys, zlib
data = open(sys.argv[1], "rb").read()
width, height = struct.unpack(">II", data[16:24])
assert (width, height) == (128, 85), (width, height)
at, compressed = 8, b""
while at < len(data):
    size, kind = struct.unpack(">I4s", data[at:at + 8])
    compressed += data[at + 8:at + 8 + size] if kind == b"IDAT" else b""
    at += 12 + size
rows = zlib.decompress(compressed)
assert len(rows) == height * (4 * width + 1)
assert len(set(rows)) > 100, "the thumbnail is empty"
PYTHON
  "$prefix/bin/coin-thumbnailer" "$root/spec/vectors/faulty/011-checksum-of-head/input.coin" \
    "$1/none.png" 128 2>/dev/null && die "a damaged file has a thumbnail"
  [ ! -e "$1/none.png" ] || die "a damaged file left a thumbnail"
  say "thumbnails as expected"
else
  say "SKIPPED: thumbnails (pkg-config or libpng is not installed)"
fi

if [ -x "$prefix/bin/coin-test" ]; then
  "$prefix/bin/coin-test" info "$picture" >/dev/null
  # shellcheck disable=SC1091 # written a moment ago
  (
    source "$prefix/share/bash-completion/completions/coin-test"
    complete -p coin-test >/dev/null
    ! complete -p convert 2>/dev/null
  ) || die "the completion is not that of coin-test alone"
  grep -q '^\.Nm coin-test$' "$prefix/share/man/man1/coin-test.1" || die "the manual page's name"
  say "the command, its manual page and its completion have its name"
  if have pkg-config; then
    read -ra flags <<<"$(
      PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --cflags --libs imgconv
    )"
    cc -std=c11 "$root/bindings/c/imgconv-example.c" "${flags[@]}" -Wl,-rpath,"$prefix/lib" \
      -o "$1/installed-example"
    "$1/installed-example" "$picture" "$1/installed.png" overwrite >/dev/null 2>&1
    "$prefix/bin/coin-test" compare "$picture" "$1/installed.png" >/dev/null
    say "a program in C converts by the installed library"
  fi
else
  say "SKIPPED: the command (.build/release/convert is not built)"
fi

"$root/scripts/install" --uninstall "${options[@]:0:4}" 2>/dev/null
left=$(find "$prefix" -type f -not -path '*/share/mime/*' | wc -l)
[ "$left" -eq 0 ] || die "uninstalling left $left files"
[ ! -e "$prefix/share/mime/packages/image-x-coin.xml" ] || die "uninstalling left the type"
say "uninstalled"
