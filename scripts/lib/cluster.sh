# What the scripts for clusters share; sourced after setup.sh, not run.
# shellcheck shell=bash

# The converter that tasks run: $CONVERT, or the one that was built here, by a path that is right on
# every machine that sees this folder.
find_convert() {
  if [ -z "${CONVERT:-}" ]; then
    CONVERT=${root:?}/.build/release/convert
    [ -x "$CONVERT" ] || die "$CONVERT is not there: run scripts/convert --version, or set CONVERT"
  fi
  have "$CONVERT" || die "$CONVERT is no command"
  case $CONVERT in
    /*) ;;
    */*) CONVERT=$PWD/$CONVERT ;;
  esac
}

# Prints words so that a shell reads them as they are.
quoted() {
  local separator='' word
  for word in "$@"; do
    printf '%s%q' "$separator" "$word"
    separator=' '
  done
}

# Fails unless $2 is a whole number above zero; $1 is the option.
need_count() {
  [[ $2 =~ ^[1-9][0-9]{0,8}$ ]] || die "$1 $2: expected a whole number above 0"
}
