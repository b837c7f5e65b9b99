#!/bin/sh
# Becomes one container: process 1 of its own process namespace, with a root of its own. Started by
# container-parent.sh in the pod's network namespace, with: <folder> <memory cgroup, or ->
# <CPU cgroup, or ->. In the folder: `root`, its tree;
# `hostname`; `binds`, three lines each: mount options, from, to; `vector`, what is started: NAME=value lines, then the
# program and its arguments. These come as files so that nothing of a manifest is ever on the command line, or in the
# environment, of a process that still sees the machine. Whatever is not plain in them is written as \0ooo.
set -eu
IFS=
PATH="$PATH:/usr/sbin:/sbin"
folder=$1 cgroup=$2 cpu=$3 root=$1/root

decode() {
  case $1 in
    *\\*) word=$(printf '%b.' "$1") word=${word%.} ;;
    *) word=$1 ;;
  esac
}

[ "$cgroup" = - ] || echo 0 > "$cgroup/cgroup.procs"
[ "$cpu" = - ] || echo 0 > "$cpu/cgroup.procs"

hostname -F "$folder/hostname"
mount --bind "$root" "$root"
mount --rbind /run/bench/dev "$root/dev"
mount -o remount,bind,ro,nosuid,noexec "$root/dev"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
# What of /proc is the machine's, not the pod's. Who owns the machine's files could write some of it without any
# capability: `core_pattern` names a program that the kernel starts outside.
for path in bus fs irq sys sysrq-trigger; do
  [ ! -e "$root/proc/$path" ] || mount -o bind,ro,nosuid,nodev,noexec "$root/proc/$path" "$root/proc/$path"
done
for path in kcore keys kmsg timer_list; do
  [ ! -e "$root/proc/$path" ] || mount --bind /dev/null "$root/proc/$path"
done
while read -r options && read -r from && read -r to; do
  decode "$from" && from=$word
  decode "$to"
  mount -o "bind,$options" "$from" "$root$word"
done < "$folder/binds"
set --
while read -r line; do
  decode "$line"
  set -- "$@" "$word"
done < "$folder/vector"

# The few programs of the last steps are in /.start with what they need: the machine's own go with its tree.
cd "$root"
pivot_root . .start/machine
cd /
IFS=' '
loader=
[ ! -e /.start/loader ] || loader='/.start/loader --library-path /.start'
$loader /.start/umount -l /.start/machine
exec $loader /.start/setpriv --no-new-privs --inh-caps -all --bounding-set -all,+net_bind_service \
  $loader /.start/env -i -- "$@"
