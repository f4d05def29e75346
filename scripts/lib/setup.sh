# What scripts/convert and scripts/test share; sourced, not run.
# shellcheck shell=bash

# The codec libraries, by their pkg-config names, and the packages that bring them.
readonly LIBRARIES=(libpng libtiff-4 libwebp libwebpmux libwebpdemux lcms2)
readonly APT_PACKAGES=(pkg-config libpng-dev libtiff-dev libwebp-dev liblcms2-dev)
readonly BREW_PACKAGES=(pkgconf libpng libtiff webp little-cms2)

# What the tool can do without: PACKAGE_TRAIT PKG_CONFIG_NAME APT_PACKAGE BREW_PACKAGE.
readonly OPTIONAL_LIBRARIES='
JPEG libjpeg libjpeg-dev jpeg-turbo
AVIF libavif libavif-dev libavif
JPEGXL libjxl libjxl-dev jpeg-xl
HEIC libheif libheif-dev libheif
JPEG2000 libopenjp2 libopenjp2-7-dev openjpeg
OpenEXR OpenEXR libopenexr-dev openexr
'

# Everything that is not the tool's own output goes to standard error.
say() {
  printf '%s\n' "$*" >&2
}

die() {
  say "$@"
  exit 1
}

have() {
  command -v "$1" >/dev/null 2>&1
}

ensure_swift() {
  have swift || die "A Swift toolchain, 6.3 or later, is needed: https://www.swift.org/install/"
}

have_libraries() {
  have pkg-config && pkg-config --exists "${LIBRARIES[@]}"
}

# Prints the prefix with which apt-get may run (nothing, or sudo), or fails.
apt_prefix() {
  have apt-get || return 1
  if [ "$(id -u)" -eq 0 ]; then
    return 0
  fi
  have sudo && sudo -n true 2>/dev/null && echo sudo
}

# Installs packages with apt-get; the package lists are fetched once a run.
apt_install() {
  local prefix
  prefix=$(apt_prefix) || return 1
  if [ -z "${apt_is_updated:-}" ]; then
    $prefix apt-get update -qq >&2 || say "apt-get update failed; going on with the lists there are"
    apt_is_updated=1
  fi
  # `env` because sudo drops the variables of its caller.
  $prefix env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "$@" >&2
}

brew_install() {
  have brew && HOMEBREW_NO_AUTO_UPDATE=1 brew install --quiet "$@" >&2
}

# Prints the libraries that are missing of those the tool can do without, a line each.
missing_optional() {
  local trait library apt brew
  while read -r trait library apt brew; do
    [ -n "$trait" ] || continue
    pkg-config --exists "$library" 2>/dev/null || printf '%s\n' "$trait $library $apt $brew"
  done <<<"$OPTIONAL_LIBRARIES"
}

# Tries to install what is missing of the libraries that the tool can do without.
install_optional() {
  local trait library apt brew
  while read -r trait library apt brew; do
    [ -n "$trait" ] || continue
    if [ "$(uname)" = Darwin ]; then
      brew_install "$brew" </dev/null
    else
      apt_install "$apt" </dev/null
    fi || say "Without $library ($apt), $trait files cannot be read or written"
  done < <(missing_optional)
}

# Makes the codec libraries available, or says what a person has to run, and stops.
ensure_libraries() {
  if ! have_libraries; then
    say "Installing the codec libraries (${LIBRARIES[*]})"
    if [ "$(uname)" = Darwin ]; then
      brew_install "${BREW_PACKAGES[@]}" || true
      have_libraries || die "The codec libraries are missing. Run, then try again:
    brew install ${BREW_PACKAGES[*]}"
    else
      apt_install "${APT_PACKAGES[@]}" || true
      have_libraries || die "The codec libraries are missing. Run, then try again:
    sudo apt-get update && sudo apt-get install ${APT_PACKAGES[*]}
or install what your system calls them; pkg-config must find: ${LIBRARIES[*]}"
    fi
  fi
  install_optional
}

# Prints the options of swift build that leave out the formats whose library is missing.
trait_options() {
  local missing trait library rest present=""
  missing=$(missing_optional)
  [ -n "$missing" ] || return 0
  while read -r trait library rest; do
    [ -n "$trait" ] || continue
    case $missing in *"$trait $library "*) ;; *) present=$present,$trait ;; esac
  done <<<"$OPTIONAL_LIBRARIES"
  if [ -n "$present" ]; then
    printf '%s\n' "--traits ${present#,}"
  else
    printf '%s\n' --disable-default-traits
  fi
}

# Whether something that goes into the build is newer than the file that marks the last one.
is_stale() {
  local root=$1 mark=$2 newer
  [ -e "$mark" ] || return 0
  # Folders count too: their times change when a file is removed.
  read -r newer < <(
    find "$root/Package.swift" "$root/Sources" -newer "$mark" -print
  ) && [ -n "$newer" ]
}

# Runs swift build with the words of SWIFT_BUILD_OPTIONS, --disable-sandbox for instance: a sandbox
# of a package manager takes no other inside.
swift_build() {
  # shellcheck disable=SC2086 # options, one a word
  swift build ${SWIFT_BUILD_OPTIONS:-} "$@"
}

# Builds a product of the package, optimized.
build_product() {
  local root=$1 product=$2
  # Swift's library in the program saves a third of the start-up. The libraries of the formats stay
  # shared: their security updates must reach us. macOS has Swift itself.
  local static=--static-swift-stdlib
  [ "$(uname)" != Darwin ] || static=
  # Nothing of ours lies beside the program, so the linker need not look for it there.
  # shellcheck disable=SC2046,SC2086 # options, one a word
  swift_build --package-path "$root" --configuration release --product "$product" $static \
    --disable-local-rpath $(trait_options) >&2
}

# Builds the optimized tool and marks when.
build_release() {
  local root=$1 mark=$2
  mkdir -p "$root/.build"
  # The time before the build, so that what changes during it is built next time.
  touch "$mark.new"
  build_product "$root" convert
  mv "$mark.new" "$mark"
}
