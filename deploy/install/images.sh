#!/bin/sh
# Builds the image of every service and of the gateway; TAG names the release (default: dev). Needs Docker.
set -eu
cd "$(dirname "$0")/../.."
tag=${TAG:-dev}
for file in services/*/Dockerfile gateway/Dockerfile; do
    folder=$(dirname "$file")
    echo "=== crm-$(basename "$folder"):$tag"
    docker build --file "$file" --tag "crm-$(basename "$folder"):$tag" .
done
