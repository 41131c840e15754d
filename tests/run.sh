#!/usr/bin/env bash
# Every check there is, stage by stage, with the time each took. `run.sh check` does the quick half.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
began=$SECONDS
report=()

stage() {
  local name=$1; shift
  local from=$SECONDS
  echo "── $name"
  if ! "$@"; then
    echo "✗ $name failed after $((SECONDS - from)) s" >&2
    exit 1
  fi
  report+=("$(printf '%5d s  %s' $((SECONDS - from)) "$name")")
}

in_client() { (cd client && "$@"); }
style() { "$bin/ruff" check api migrations tests && "$bin/ruff" format --check --quiet api migrations tests; }
boundaries() { "$bin/lint-imports" --no-logo 2>&1 | tail -n 12; return "${PIPESTATUS[0]}"; }
dockerfile() { if [ -x "$bin/hadolint" ]; then "$bin/hadolint" Dockerfile; else echo "no hadolint for this machine"; fi; }
drift() {
  "$bin/turnstone" openapi | diff -u openapi/openapi.json - >/dev/null ||
    { echo "openapi/openapi.json is out of date: run make openapi" >&2; return 1; }
  local types; types=$(mktemp)
  in_client npx --no-install openapi-typescript ../openapi/openapi.json -o "$types" >/dev/null 2>&1
  diff -q "$types" client/src/lib/api/schema.d.ts >/dev/null ||
    { rm -f "$types"; echo "the client's types are out of date: run make openapi" >&2; return 1; }
  rm -f "$types"
}
lint_openapi() { in_client npx --no-install redocly lint --config ../openapi/redocly.yaml ../openapi/openapi.json; }
build() { in_client npm run --silent build -- --logLevel error && in_client npm run --silent size; }
python_tests() { "$bin/pytest" tests -n "${TEST_WORKERS:-2}" --dist loadfile; }
over_http() { "$bin/python" -m tests.service "$@"; }

stage "install" make --no-print-directory install
stage "style (ruff)" style
stage "types (mypy)" "$bin/mypy"
stage "boundaries (import-linter)" boundaries
stage "Dockerfile (hadolint)" dockerfile
stage "OpenAPI and types are current" drift
stage "OpenAPI lint (redocly)" lint_openapi
stage "client types (svelte-check)" in_client npm run --silent check
if [ "${1:-}" != check ]; then
  stage "Python tests" python_tests
  stage "client unit tests (vitest)" in_client npm run --silent test
  stage "client build and size" build
  CHROMIUM_PATH=$(bash tests/chromium.sh | tail -n 1) || exit 1
  export CHROMIUM_PATH
  stage "the running service: contract and browser" over_http
fi
printf '\n%s\n' "${report[@]}"
printf '%5d s  in all\n' $((SECONDS - began))
