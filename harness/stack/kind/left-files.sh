#!/bin/sh
# left-files.sh <process> <folder>...: waits until the process has ended, copies what these folders of the node hold of
# exporters' queues, and prints it: before the content of each a line `file <number of its folder> <bytes> <name>`, at
# last `end <when the copies were whole, nanoseconds since the epoch>`, or `lacking <why>` in place of all.
set -eu
tail --pid="$1" -s 0.01 -f /dev/null
shift
copies=$(mktemp -d -p /var/tmp)
trap 'rm -rf "$copies"' EXIT
queue='.*/exporter_[A-Za-z0-9._~-]+_\(traces\|logs\|metrics\)'
number=0
for folder; do
  # What a pod left there may be anything: no link is followed, nothing but a file is read.
  if [ ! -d "$folder" ] || [ "$(realpath "$folder")" != "$folder" ]; then
    echo "lacking $folder is no folder"
    exit
  fi
  if [ -n "$(find "$folder" -maxdepth 1 -regex "$queue" -not -type f)" ]; then
    echo "lacking a queue in $folder is no file"
    exit
  fi
  mkdir "$copies/$number"
  find "$folder" -maxdepth 1 -regex "$queue" -exec cp -t "$copies/$number" {} +
  number=$((number + 1))
done
whole=$(date +%s%N)
cd "$copies"
for file in */*; do
  [ -f "$file" ] || continue
  echo "file ${file%/*} $(stat -c %s "$file") ${file#*/}"
  cat "$file"
done
echo "end $whole"
