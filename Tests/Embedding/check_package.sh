#!/usr/bin/env bash
# Packs what is built, and installs it in a folder and in a bare Debian: check_package.sh FOLDER
#
# The Debian, of the release that runs here, is made in FOLDER/debian and kept. Exit code 77: that
# cannot be done here.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=scripts/lib/setup.sh
source "$root/scripts/lib/setup.sh"
# shellcheck source=Tests/Embedding/bare.sh
source "$root/Tests/Embedding/bare.sh"

converter=$root/.build/release/convert
if [ "$(uname)" != Linux ] || [ ! -x "$converter" ] || ! have dpkg-deb; then
  say "SKIPPED: packages (Debian's dpkg and .build/release/convert are needed)"
  exit 77
fi
folder=$(mkdir -p "$1" && cd "$1" && pwd -P)
work=$folder/package
rm -rf "$work"
mkdir -p "$work"

"$root/scripts/install" --destdir "$work/staged" --prefix /usr 2>"$work/install.log" || {
  cat "$work/install.log" >&2
  die "installing failed"
}
for each in first second; do
  "$root/scripts/package" --output "$work/$each" --staged "$work/staged" deb tar \
    >"$work/paths" 2>"$work/$each.log" || {
    cat "$work/$each.log" >&2
    die "packing failed"
  }
done
deb=$(grep '\.deb$' "$work/paths") archive=$(grep '\.tar\.gz$' "$work/paths")
for each in "$deb" "$archive"; do
  cmp "$each" "$work/first/$(basename "$each")" || die "$(basename "$each") is packed in two ways"
done
say "packing twice gives the same bytes"

picture=$root/docs/viewer/kodim15-middle.coin
"$converter" "$picture" "$work/expected.ppm" --quiet
"$converter" "$root/docs/images/kodim15.png" "$work/small.png" --fit 96 --quiet

# Builds the examples in C against the libraries of a folder: build_examples PREFIX [FLAG...]
build_examples() {
  local prefix=$1
  shift
  for each in coin:example imgconv:imgconv-example; do
    "${CC:-clang}" -std=c11 -I "$prefix/include" "$root/bindings/c/${each#*:}.c" \
      -L "$prefix/lib" "-l${each%%:*}" "$@" -o "$work/${each#*:}"
  done
}

# The archive, below a prefix that it was not made for.
mkdir "$work/prefix"
tar -xzf "$archive" --strip-components=1 -C "$work/prefix"
prefix=$work/prefix
"$prefix/bin/imgconv" "$picture" "$work/archive.ppm" --quiet
cmp "$work/expected.ppm" "$work/archive.ppm" || die "the archive's command decodes otherwise"
build_examples "$prefix" -Wl,-rpath,"$prefix/lib"
"$work/imgconv-example" "$picture" "$work/example.ppm" >/dev/null 2>&1
cmp "$work/expected.ppm" "$work/example.ppm" || die "the archive's library decodes otherwise"
if have pkg-config; then
  found=$(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --variable=includedir coin)
  [ "$(realpath "$found")" = "$(realpath "$prefix/include")" ] || die "coin.pc says $found"
fi
# As docs/install.md says.
# shellcheck disable=SC2094 # it is open before it is removed
(cd "$prefix" && xargs rm -f share/imgconv/installed-imgconv <share/imgconv/installed-imgconv)
[ -z "$(find "$prefix" ! -type d)" ] || die "more is in the archive than in its list"
say "the archive works where it is unpacked"

if have lintian; then
  lintian --fail-on error,warning "$deb"
  say "lintian has nothing to say"
else
  say "SKIPPED: lintian (it is not installed)"
fi

bare=$folder/debian
suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
# The first of the mirrors that apt uses here; either kind of list may be missing.
mirror=$(
  cat /etc/apt/sources.list /etc/apt/sources.list.d/{debian,ubuntu}.sources 2>/dev/null |
    sed -n -E 's/^(URIs:|deb( +\[[^]]*\])?) +([^ ]+).*/\3/p' | sed -n 1p
) || true
make_bare "$bare" "${suite:-stable}" man-db,shared-mime-info,libglib2.0-bin "$mirror"

# Runs a command in the bare system.
inside() {
  chroot "$bare" env PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive "$@"
}

# Runs a command in the bare system that shall print a text: says TEXT COMMAND...
says() {
  local text=$1 printed
  shift
  printed=$(inside "$@" 2>&1) || true
  case $printed in *"$text"*) ;; *) die "$* says '$printed' instead of '$text'" ;; esac
}

# Lists the files of the bare system but for what apt, dpkg and man-db keep for themselves.
list_files() {
  (cd "$bare" && find . -xdev \
    -regex '\./\(proc\|sys\|dev\|tmp\|opt/test\|var/cache\|var/log\|var/lib/\(apt\|dpkg\)\)/.*' \
    -prune -o -print | sort)
}

# Installs the package, with more options of apt-get.
install_package() {
  inside apt-get install -qq -y "$@" /opt/test/imgconv.deb >"$work/apt.log" 2>&1 || {
    cat "$work/apt.log" >&2
    die "apt-get cannot install the package"
  }
}

# Removes the package and what came with it, and compares with the files before.
remove_package() {
  inside apt-get purge -qq -y --autoremove imgconv >"$work/apt.log" 2>&1
  list_files >"$work/after"
  diff "$work/before" "$work/after" >&2 || die "removing the package leaves traces"
}

# A test that failed may have left it there.
! inside dpkg --status imgconv >/dev/null 2>&1 || inside apt-get purge -qq -y --autoremove imgconv
rm -rf "$bare/opt/test"
mkdir -p "$bare/opt/test"
dpkg-deb -x "$deb" "$work/unpacked"
build_examples "$work/unpacked/usr"
cp "$deb" "$bare/opt/test/imgconv.deb"
cp "$picture" "$bare/opt/test/picture.coin"
cp "$picture" "$bare/opt/test/without-extension"
cp "$work/small.png" "$work/example" "$work/imgconv-example" "$bare/opt/test/"
inside apt-get update -qq
list_files >"$work/before"

install_package --no-install-recommends
cd "$bare/opt/test"
# There is no /proc here, either.
inside imgconv /opt/test/picture.coin /opt/test/decoded.ppm --quiet
inside /opt/test/example /opt/test/picture.coin >example.pam
inside /opt/test/imgconv-example /opt/test/picture.coin /opt/test/example.ppm >/dev/null 2>&1
cmp "$work/expected.ppm" decoded.ppm || die "the package's command decodes otherwise"
cmp "$work/expected.ppm" example.ppm || die "the package's libimgconv decodes otherwise"
python3 - "$work/expected.ppm" example.pam <<'PYTHON'
import sys
expected, pam = (open(path, "rb").read() for path in sys.argv[1:])
rgba = pam.split(b"ENDHDR\n", 1)[1]
rgb = bytes(byte for k, byte in enumerate(rgba) if k % 4 != 3)
assert rgb == expected.split(b"\n255\n", 1)[1], "the package's libcoin decodes otherwise"
PYTHON
inside imgconv /opt/test/small.png /opt/test/small.coin --effort 1 --quiet
inside imgconv /opt/test/small.coin /opt/test/again.png --quiet
inside imgconv compare /opt/test/small.png /opt/test/again.png --json |
  python3 -c 'import json, sys; assert 30 < json.load(sys.stdin)["psnr"] < 60'
for each in avif jxl jp2; do
  ! inside imgconv /opt/test/small.png "/opt/test/without.$each" 2>errors || die "who wrote $each?"
  [ -s errors ] || die "want of a library for $each is not told"
  [ ! -e "without.$each" ] || die "a failure left without.$each"
done
says imgconv whatis imgconv
says /usr/share/man/man1/coin-thumbnailer.1.gz man --where coin-thumbnailer
says ' imgconv' bash -c 'source /usr/share/bash-completion/completions/imgconv; complete -p'
says image/x-coin gio info -a standard::content-type /opt/test/without-extension
command=$(sed -n 's/^Exec=//p' "$bare/usr/share/thumbnailers/coin.thumbnailer")
command=${command/\%i/\/opt\/test\/picture.coin}
command=${command/\%o/\/opt\/test\/thumbnail.png}
read -ra words <<<"${command/\%s/64}"
inside "${words[@]}"
says 64 imgconv info /opt/test/thumbnail.png
! inside sh -c 'command -v convert' >/dev/null || die "the package claims ImageMagick's name"
remove_package
! inside gio info -a standard::content-type /opt/test/without-extension | grep -q x-coin ||
  die "the type is still known"
say "the package works in a bare Debian, and leaves nothing behind"

install_package
for each in avif jxl jp2; do
  inside imgconv /opt/test/small.png "/opt/test/with.$each" --lossless --quiet
  says '"identical":true' imgconv compare --json /opt/test/small.png "/opt/test/with.$each"
done
remove_package
say "the recommended packages bring AVIF, JPEG XL and JPEG 2000"
