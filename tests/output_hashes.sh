#!/usr/bin/env bash
# The SHA-256 of what each command prints and writes, over all bundled scenarios at small counts, one line a command, with its exit code.
#
#     tests/output_hashes.sh target/release/resus > after.txt
#
# Run it on two builds and compare the lists: `diff before.txt after.txt` names the commands whose bytes changed. A change of structure
# changes none. It takes some two minutes on two cores.
set -euo pipefail
resus=$(realpath "${1:-target/release/resus}")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export NO_COLOR=1 COLUMNS=80

# Runs in a folder of its own, and hashes standard output, standard error and all files that were written, by their names.
hash() {
    rm -rf "$work/run" && mkdir "$work/run" && cd "$work/run"
    local code=0
    "$resus" "$@" >stdout 2>stderr || code=$?
    local sum
    sum=$(find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -d ' ' -f 1)
    echo "$sum $code ${*//"$here/"/}"
}

small=(friday-night lab-supplier worm bad-update care-records hse-2021 hospitals)
national=(national-worm gp-records national-campaign national-network national-update wannacry-2017 advanced-2022)

for s in "${small[@]}"; do
    hash compare "$s" --replicates 12
    hash compare "$s" --replicates 12 --json
    hash compare "$s" --replicates 4 --report r.html --markdown r.md --csv csv
    hash pillars "$s" --replicates 4
    hash pillars "$s" --replicates 4 --json --report r.html --csv csv
    hash criticality "$s" --replicates 3 --json --report r.html --csv csv
    hash plan "$s" --budget £2m --search 10 --replicates 10
    hash plan "$s" --budget £2m --search 10 --replicates 10 --json --report r.html --csv csv
    hash run "$s" --replicates 12
    hash run "$s" --replicates 12 --json
    hash run "$s" --replicates 1 --all
    hash run "$s" --replicates 1 --json
    hash estate "$s"
    hash estate "$s" --json
done
for s in "${national[@]}"; do
    hash compare "$s" --replicates 2
    hash compare "$s" --replicates 2 --json
    hash run "$s" --replicates 1
    hash estate "$s"
done
for s in wannacry-2017 hse-2021 advanced-2022 hospitals; do
    hash evidence "$s" --replicates 20
    hash evidence "$s" --replicates 20 --json
done
hash calibrate hospitals --free care.dependence,recovery.effort --budget 60 --keep 20 --out fit --quiet
hash run worm --seed 2 --why ottermarsh-general/emergency
hash compare friday-night --replicates 4 --set threat.dwell='20 days' --set posture.acute_trust.patching=0.95 --json
hash check "$here/broken.ron"
hash check "$here/everything.ron"
hash compare --strategies isolate-erly
hash run friday-night --set threat.dwel=3h
(cd "$here/.." && "$resus" exercise --script tests/exercise.txt --journal "$work/journal" >/dev/null 2>&1)
hash exercise --script "$here/exercise.txt"
cp "$work/journal" "$work/session.jsonl"
cd "$work" && hash review ../session.jsonl --forks 10 --json --report r.html --markdown r.md
hash exercise rehearse --runs 6
hash exercise pack --out pack
hash schema
hash list
hash list --json
hash verify --replicates 20
