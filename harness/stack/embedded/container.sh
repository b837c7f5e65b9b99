#!/bin/sh
# Starts one container inside its pod's network namespace: joins the memory cgroup, makes the binds of its own
# file tree, leaves for it. Arguments: <root> <cgroup folder or -> <number of binds> <from> <to>... <command>...
# They come as an argument vector; nothing here is built from text.
set -eu
root=$1 cgroup=$2 binds=$3
shift 3
[ "$cgroup" = - ] || echo 0 > "$cgroup/cgroup.procs"
while [ "$binds" -gt 0 ]; do
  mount --rbind "$1" "$root$2"
  shift 2
  binds=$((binds - 1))
done
exec chroot "$root" "$@"
