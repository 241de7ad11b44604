#!/bin/sh
# Installs the packages of tools/packages.txt that are missing, and nothing else: with all of them there it needs no
# network and no rights, and takes a moment.
#
#   tools/setup.sh              the sections that building, demo and test need
#   tools/setup.sh SECTION...   these sections (browser, develop, ...)
#   tools/setup.sh --list ...   only names the packages that are missing
set -eu
list=$(dirname "$0")/packages.txt

say() { echo "setup: $*"; }
fail() { echo "setup: $*" >&2; exit 1; }

# Prints the packages of one section of the list.
packages_of() {
  awk -v wanted="[$1]" '
    { sub(/#.*/, "") }
    /^\[/ { inside = ($1 == wanted); found += inside; next }
    inside && NF { print $1 }
    END { exit !found }' "$list" || fail "packages.txt has no section '$1'. Try one of: $(sed -n 's/^\[\(.*\)\]$/\1/p' "$list" | xargs)"
}

# A package is there when dpkg says so, or when a command of its name is (npm may come from elsewhere).
is_installed() { command -v "$1" >/dev/null || dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed; }

missing_of() {
  for package in $1; do is_installed "$package" || echo "$package"; done
}

# Says how to become root: nothing for root itself, "sudo" otherwise.
root_prefix() {
  [ "$(id -u)" -ne 0 ] || return 0
  command -v sudo >/dev/null || fail "installing needs root or sudo, and this user has neither. Ask an administrator for: apt-get install $missing"
  echo sudo
}

# On a terminal apt's own progress; elsewhere a line now and then.
brief() {
  if [ -t 1 ]; then cat
  else awk '/^(Need to get|After this operation)/ { print "setup: " $0; fflush() }
            /^(Unpacking|Setting up)/ && ++count % 50 == 0 { print "setup: step " count ": " $1, $2, $3; fflush() }'
  fi
}

apt() { $prefix env DEBIAN_FRONTEND=noninteractive apt-get -y -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "$@"; }

install_missing() {
  prefix=$(root_prefix) || exit 1
  status=$(mktemp)
  trap 'rm -f "$status"' EXIT
  # A pipe hides the status of its first command, so that is written down.
  { { apt update && apt install --no-install-recommends "$@"; } || echo failed >"$status"; } </dev/null | brief
  [ ! -s "$status" ] || fail "apt could not install: $*. Terrace is made for Debian 12; this is ${PRETTY_NAME:-unknown}. Is the network up?"
}

command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
  fail "this is not a Debian system (there is no apt-get). Install what $list names by hand, then use cmake --preset release"
[ ! -r /etc/os-release ] || . /etc/os-release

only_list=no
[ "${1:-}" != --list ] || { only_list=yes; shift; }
[ $# -gt 0 ] || set -- build library learning tests

wanted=
for section in "$@"; do
  packages=$(packages_of "$section") || exit 1
  wanted="$wanted $packages"
done
missing=$(missing_of "$wanted" | xargs)

if [ "$only_list" = yes ]; then
  echo "$missing"
elif [ -z "$missing" ]; then
  say "all $(echo "$wanted" | wc -w) packages are installed ($*)"
else
  say "installing $missing"
  install_missing $missing
  say "done"
fi
