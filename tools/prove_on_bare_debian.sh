#!/usr/bin/env bash
# Proves that the commands of README.md work on a bare Debian 12 that has git, make and ca-certificates and nothing else.
#
#   sudo tools/prove_on_bare_debian.sh FOLDER [setup|build|demo|test|both] [FROM]
#
# FOLDER needs 6 GB. Made once and kept there: base/ (the bare system) and packages/ (downloaded packages). Made anew each
# time: system/, with a clone of the last commit in /root/terrace. `both` (the default) runs `make demo`, then `make test`.
# With the word `again` as FROM, system/ and its installed packages stay and only the clone is new.
# Packages come from where this machine takes its own. Every mount lives in a namespace that ends with this script.
set -euo pipefail

folder=$(realpath -m "${1:?usage: $0 FOLDER [setup|build|demo|test|both] [again]}")
what=${2:-both}
from=${3:-anew}
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
base=$folder/base system=$folder/system packages=$folder/packages

say() { echo "proof: $*"; }
fail() { echo "proof: $*" >&2; exit 1; }

[ "$(id -u)" -eq 0 ] || fail "a system of its own needs root. Try sudo $0 $*"
command -v debootstrap >/dev/null || fail "debootstrap is missing. Try apt-get install debootstrap"
case $what in setup | build | demo | test) targets=$what ;; both) targets="demo test" ;; *) fail "'$what' is not setup, build, demo, test or both" ;; esac

# Runs a command inside a system. Its mounts and its processes end with it, and with this script, however that ends: the
# first process of a namespace ignores the usual signals, so it is tied to the life of its parent.
trap 'exit 130' INT TERM
inside() {
  local root=$1 && shift
  mkdir -p "$packages/partial"
  setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --propagation private sh -euc '
    root=$1 packages=$2 && shift 2
    mount -t proc proc "$root/proc"
    mount -t sysfs -o ro sysfs "$root/sys"
    mount -t tmpfs tmpfs "$root/dev/shm"
    mount --bind "$packages" "$root/var/cache/apt/archives"
    exec chroot "$root" env -i HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} ${no_proxy:+no_proxy="$no_proxy"} "$@"
  ' sh "$root" "$packages" "$@" </dev/null &
  wait $!
}

# Gives a system this machine's package sources and the way to reach them.
lend_sources() {
  local root=$1 place
  rm -f "$root/etc/apt/sources.list"
  for place in sources.list sources.list.d keyrings trusted.gpg trusted.gpg.d preferences.d; do
    [ ! -e "/etc/apt/$place" ] || cp -a "/etc/apt/$place" "$root/etc/apt/"
  done
  apt-config dump | grep -E '^Acquire::(https?|ftp|Check-|Retries|ForceIPv|Languages)' >"$root/etc/apt/apt.conf.d/90lent"
  echo 'APT::Keep-Downloaded-Packages "true";' >>"$root/etc/apt/apt.conf.d/90lent"
  cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
}

make_base() {
  [ ! -e "$base/.complete" ] || return 0
  say "making a bare Debian 12 in $base"
  local mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Release: bookworm' 'Component: main' | head -n 1)
  [ -n "$mirror" ] || fail "this machine has no package source for bookworm, which the bare system would borrow"
  rm -rf "$base" && mkdir -p "$base"
  debootstrap --variant=minbase bookworm "$base" "$mirror" >"$folder/debootstrap.log" || fail "debootstrap failed; see $folder/debootstrap.log"
  lend_sources "$base"
  inside "$base" sh -c 'apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends git make ca-certificates' >>"$folder/debootstrap.log" 2>&1 ||
    fail "git and make could not be installed; see $folder/debootstrap.log"
  # Without the lists of packages, as a fresh image has it.
  rm -rf "$base"/var/lib/apt/lists/*
  touch "$base/.complete"
}

make_system() {
  if [ "$from" != again ] || [ ! -e "$system/.complete" ]; then
    rm -rf "$system"
    cp -a "$base" "$system"
  fi
  rm -rf "$system/root/terrace"
  git -C "$repository" bundle create -q "$system/root/terrace.bundle" HEAD
  inside "$system" git -c advice.detachedHead=false clone -q /root/terrace.bundle /root/terrace
}

# Runs `make TARGET` in the clone and writes its line of the table.
prove() {
  local target=$1 began=$SECONDS status=passed
  say "make $target"
  inside "$system" make -C /root/terrace "$target" > >(tee "$folder/$target.log") 2>&1 || status=FAILED
  [ -z "$(inside "$system" git -C /root/terrace status --porcelain)" ] || status="FAILED (it left files in the work tree: git status)"
  results+="$(printf 'make %-6s %5d s  %s' "$target" $((SECONDS - began)) "$status")"$'\n'
}

make_base
make_system
results=
for target in $targets; do prove "$target"; done

say "commit $(git -C "$repository" rev-parse --short HEAD) on $(nproc) cores"
say "the bare system has $(du -sm "$base" | cut -f1) MB; afterwards $(du -sm "$system" | cut -f1) MB, packages downloaded $(du -sm "$packages" | cut -f1) MB"
echo -n "$results"
! grep -q FAILED <<<"$results"
