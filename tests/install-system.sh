#!/usr/bin/env bash
# What the tests need of the system and a package index for it is at hand: a browser, fonts that show Chinese, the library that lays out letters, a Java runtime.
set -euo pipefail
wanted=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || wanted+=(chromium)
fc-list 2>/dev/null | grep -qi "noto.*cjk" || wanted+=(fonts-noto-cjk fontconfig)
ldconfig -p 2>/dev/null | grep -q libpangoft2 || wanted+=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)
command -v java >/dev/null || wanted+=(default-jre-headless)
[ ${#wanted[@]} -eq 0 ] && exit 0
echo "installing: ${wanted[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "not root and no sudo: install ${wanted[*]} yourself, then run again"; exit 1; }
  as_root=(sudo)
fi
command -v apt-get >/dev/null || { echo "no apt-get here: install ${wanted[*]} by this system's own means, then run again"; exit 1; }
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
