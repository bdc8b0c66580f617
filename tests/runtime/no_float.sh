#!/bin/sh
# no_float.sh OBJDUMP FOLDER: the object files of the integer machine, in the folder of its library, hold no arithmetic of
# floating-point numbers, and its loops no division. 77 where objdump is absent, which skips the test.
objdump=$1 folder=$2
command -v "$objdump" >/dev/null 2>&1 || { echo "objdump is absent"; exit 77; }
"$objdump" -f "$folder/timing.cpp.o" | grep -q x86-64 || { echo "the patterns are of x86-64"; exit 77; }

tab=$(printf '\t')
float="${tab}v?(add|sub|mul|div|sqrt|min|max|round|dp|hadd|hsub|addsub|rcp|rsqrt|rcp14|rsqrt14)(ps|pd|ss|sd)\\b"
float="$float|${tab}v?fn?m(add|sub)|${tab}v?cvt|${tab}v?u?comis[sd]\\b|${tab}f(add|sub|mul|div|ild|ist|ld|st)"
division="${tab}i?div[bwlq]?\\b"

found() { "$objdump" -d --no-show-raw-insn "$2" | grep -E "$1"; }

# The patterns find what there is where there is some.
found "$float" "$folder/timing.cpp.o" >/dev/null || { echo "no floating point in timing.cpp.o: the pattern is wrong"; exit 1; }
found "$division" "$folder/cpu/session.cpp.o" >/dev/null || { echo "no division in session.cpp.o: the pattern is wrong"; exit 1; }

bad=0 count=0
for object in $(find "$folder/reference" "$folder/cpu" -name '*.o' ! -name 'thread_pool*' ! -name 'session*' ! -name 'facts*'); do
  count=$((count + 1))
  if found "$float" "$object" | head -3 | grep .; then echo "^ in $object"; bad=1; fi
done
for object in $(find "$folder/cpu" -path '*avx*.o') "$folder/cpu/portable/portable.cpp.o"; do
  if found "$division" "$object" | head -3 | grep .; then echo "^ in $object"; bad=1; fi
done
[ "$count" -gt 20 ] || { echo "only $count object files in $folder"; exit 1; }
echo "$count object files"
exit $bad
