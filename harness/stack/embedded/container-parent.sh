#!/bin/sh
# container-parent.sh <container.sh> <its arguments>...: the parent of one container, outside of its process namespace: waits for it and ends exactly as it did, by the same
# signal or with the same code. (`unshare --fork` does that too, but up to 2.38 makes a SIGKILL an exit code 1.)
# What it starts first is process 1. Its own words, such as "Killed", are not the container's.
exec 3>&2 2> /dev/null
(exec sh "$@" 2>&3 3>&-)
code=$?
[ "$code" -le 128 ] || kill "-$((code - 128))" "$$"
exit "$code"
