#!/bin/sh
# One source's report, for torch_tidy.bzl: check.sh PROGRAM REPORT UNUSED PART... -- SOURCE... -- INCLUDED... -- ARGUMENT...
# PART: of a compilation database, an entry a line but for the directory, which is known only here: each sandbox is another.
# What is not INCLUDED of SOURCEs is unused if the check looks for nothing in other sources. Without a PART it cannot.

# A repository around Bazel's output must not be taken for the project: paths are seen from the workspace.
export GIT_CEILING_DIRECTORIES="${PWD%/*}"
program=$1 report=$2 unused=$3
shift 3
work=$PWD/$report.work
mkdir -p "$work"
trap 'rm -r "$work"' EXIT
: > "$unused"

here=$(printf '%s' "$PWD" | sed 's/[\\"]/\\&/g')
before='['
while [ "$1" != -- ]; do
  while IFS= read -r entry; do
    printf '%s{"directory":"%s",%s\n' "$before" "$here" "$entry"
    before=','
  done < "$1"
  shift
done > "$work/compile_commands.json"
shift
while [ "$1" != -- ]; do printf '%s\n' "$1"; shift; done > "$work/sources"
shift
while [ "$1" != -- ]; do printf '%s\n' "$1"; shift; done > "$work/included"
shift

if [ -s "$work/compile_commands.json" ]; then
  echo ']' >> "$work/compile_commands.json"
  set -- -p "$work" --asked-files="$work/asked" "$@"
fi
"$program" check "$@"
status=$?
if [ "$status" != 0 ]; then
  # Bazel throws away what an action wrote that fails: why it did has to be printed.
  [ ! -f "$report" ] || "$program" merge --settings-file= "$report"
elif [ -f "$work/asked" ] && [ ! -s "$work/asked" ]; then
  grep -vxF -f "$work/included" "$work/sources" > "$unused"
fi
exit "$status"
