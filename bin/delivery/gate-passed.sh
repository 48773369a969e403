#!/usr/bin/env bash
# Ends with 0 where the gate of a commit passed when it was pushed to main: bin/delivery/gate-passed.sh COMMIT
set -euo pipefail
commit=$1
runs=$(gh api "repos/$GITHUB_REPOSITORY/actions/workflows/deploy.yml/runs?head_sha=$commit&event=push&branch=main" \
  --jq '.workflow_runs[].id')
for run in $runs; do
  passed=$(gh api "repos/$GITHUB_REPOSITORY/actions/runs/$run/jobs?per_page=100" \
    --jq '[.jobs[] | select(.name == "gate" and .conclusion == "success")] | length')
  if [ "$passed" -gt 0 ]; then
    echo "The gate of $commit passed in run $run."
    exit 0
  fi
done
echo "The gate of $commit did not pass on main, and only what passed it is deployed." >&2
exit 1
