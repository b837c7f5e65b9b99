#!/bin/sh
# memory-ballast.sh <memory cgroup> <file on a tmpfs>: joins the cgroup and fills the file, 4 MiB at a time, until it is
# ended. What it writes is charged to the cgroup and stays charged; its own processes are small, so that whom the kernel
# kills for want of memory is whoever has most of it.
set -eu
echo 0 > "$1/cgroup.procs"
while :; do
  head -c 4194304 /dev/zero >> "$2"
done
