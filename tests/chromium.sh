#!/usr/bin/env bash
# Finds Chromium, or installs it from the system's packages, or says exactly what to install.
set -euo pipefail
find_chromium() {
  if [ -n "${CHROMIUM_PATH:-}" ] && [ -x "$CHROMIUM_PATH" ]; then echo "$CHROMIUM_PATH"; return; fi
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" 2>/dev/null; then return; fi
  done
  return 1
}
if find_chromium; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-liberation; } >&2
  find_chromium && exit 0
fi
echo "turnstone: the browser tests need Chromium; on Debian: sudo apt-get install chromium," \
  "elsewhere install it and set CHROMIUM_PATH." >&2
exit 1
