#!/usr/bin/env bash
# Says in one line what this machine lacks, before anything is installed.
set -euo pipefail
python=${1:-python3}
fail() { echo "turnstone: $1" >&2; exit 1; }

command -v "$python" >/dev/null || fail "Python 3.11 to 3.14 is needed and $python was not found; set PYTHON=…"
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' ||
  fail "Python 3.11 to 3.14 is needed; $python is $("$python" -V 2>&1). Set PYTHON=… to another."
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
  fail "$python lacks venv; on Debian: apt-get install python3-venv"
command -v node >/dev/null || fail "Node.js 20.19 or newer is needed; on Debian: apt-get install nodejs npm"
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
  fail "Node.js 20.19 or newer is needed; this is $(node --version)"
command -v npm >/dev/null || fail "npm is needed beside Node.js"
