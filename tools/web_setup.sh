#!/bin/sh
# Fetches what the report's web part is built and tested with (pinned in package-lock.json) into src/report/web/node_modules.
# Only needed to change the report's page or to test it in a browser: the built page is part of the repository.
set -e
cd "$(dirname "$0")/../src/report/web"
exec npm ci --no-audit --no-fund
