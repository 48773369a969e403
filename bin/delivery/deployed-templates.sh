#!/usr/bin/env bash
# Writes the deployed templates of all regions of a synthesized stage into a folder, as `npm run guard` reads them:
# bin/delivery/deployed-templates.sh cdk.out deployed
set -euo pipefail
assembly=$1 folder=$2
mkdir -p "$folder"
read -r prefix regions < <(node -e '
  const { artifacts } = JSON.parse(fs.readFileSync(`${process.argv[1]}/manifest.json`, "utf8"));
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === "aws:cloudformation:stack");
  const regions = new Set(stacks.map(([, { environment }]) => environment.split("/").at(-1)));
  const [name] = stacks[0] ?? [""];
  console.log(name.split("-").slice(0, 2).join("-"), ...regions);
' "$assembly")
for region in $regions; do
  names=$(aws cloudformation describe-stacks --region "$region" \
    --query "Stacks[?starts_with(StackName, '$prefix-')].StackName" --output text)
  for stack in $names; do
    aws cloudformation get-template --region "$region" --stack-name "$stack" \
      --query TemplateBody --output json >"$folder/$stack.json"
  done
done
echo "$(find "$folder" -name '*.json' | wc -l) templates are deployed as $prefix"
