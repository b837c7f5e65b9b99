#!/bin/sh
# Does once, inside namespaces like a run's, what the embedded runtime does first. Each step is named
# before it is tried, so the last name printed is what failed; everything goes with the namespaces.
set -eu
# Containers get these too; an ordinary user of Debian has them not.
PATH="$PATH:/usr/sbin:/sbin"
echo 'a file system of its own'
mount -t tmpfs tmpfs /run
echo 'a bridge'
ip link add br0 type bridge
echo "a pod's network namespace"
ip netns add pod
echo 'a pair of interfaces'
ip link add veth0 type veth peer name eth0 netns pod
ip link set veth0 master br0
echo "a container's own /proc"
mkdir /run/tree
nsenter --net=/run/netns/pod unshare --mount --ipc --pid --fork --kill-child mount -t proc proc /run/tree
echo "a container's root"
nsenter --net=/run/netns/pod unshare --mount --pid --fork --kill-child sh -euc '
  mount -t tmpfs tmpfs /run/tree
  mkdir /run/tree/machine
  cd /run/tree
  pivot_root . machine'
echo 'a process without rights'
setpriv --no-new-privs --inh-caps -all --bounding-set -all true
