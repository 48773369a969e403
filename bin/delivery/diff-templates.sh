#!/usr/bin/env bash
# Says what a synthesized stage would change of deployed templates, without a call to AWS:
# bin/delivery/diff-templates.sh cdk.out deployed
set -euo pipefail
assembly=$1 deployed=$2
for template in "$assembly"/*.template.json; do
  stack=$(basename "$template" .template.json)
  if [ -f "$deployed/$stack.json" ]; then
    npx cdk diff --app "$assembly" --exclusively --no-color --template "$deployed/$stack.json" "$stack" ||
      echo 'cdk diff failed'
  else
    echo "Stack $stack is new."
  fi
done
for template in "$deployed"/*.json; do
  stack=$(basename "$template" .json)
  if [ -f "$template" ] && [ ! -f "$assembly/$stack.template.json" ]; then echo "Stack $stack is gone."; fi
done
