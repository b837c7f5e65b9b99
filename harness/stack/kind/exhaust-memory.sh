#!/bin/sh
# exhaust-memory.sh <process> <file on a tmpfs> <script that charges>: has memory charged to the process's cgroup until
# the process is gone, takes it back, and prints `<limit> <kills in that cgroup meanwhile> <bytes that were charged>`.
set -eu
process=$1 ballast=$2
own=$(sed -n 's/^[0-9]*:memory://p' "/proc/$process/cgroup")
if [ -n "$own" ]; then
  group=/sys/fs/cgroup/memory$own
  limit=$(cat "$group/memory.limit_in_bytes")
  counts=$group/memory.oom_control
else
  group=/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$process/cgroup")
  limit=$(cat "$group/memory.max")
  # Of version 2 a pod's count holds those of its containers, and outlives them.
  counts=$(dirname "$group")/memory.events
fi
look() {
  while read -r name count; do
    if [ "$name" = oom_kill ]; then kills=$count; fi
  done < "$counts"
}
look
before=$kills
setsid sh -c "$3" ballast "$group" "$ballast" > /dev/null 2>&1 &
filler=$!
give_back() {
  kill -s KILL -- "-$filler" || :
  wait "$filler" || :
  rm -f "$ballast"
} 2> /dev/null
trap give_back EXIT
looks=0
while kill -0 "$process" 2> /dev/null; do
  look
  looks=$((looks + 1))
  if [ "$looks" -gt 3000 ]; then
    echo 'nothing was killed for want of memory in half a minute' >&2
    exit 1
  fi
  sleep 0.01
done
# The cgroup may go with its container; what charges is in it until then.
look 2> /dev/null || :
echo "$limit $((kills - before)) $(stat -c %s "$ballast")"
