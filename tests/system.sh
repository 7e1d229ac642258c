#!/bin/sh
# What the tests need from the system: a Chromium and Chinese glyphs, nginx and curl for the deployment, a PostgreSQL.
missing=""
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing="chromium"
fc-list :lang=zh 2>/dev/null | grep -q . || missing="$missing fonts-noto-cjk"
[ -x /usr/sbin/nginx ] || command -v nginx >/dev/null || missing="$missing nginx"
for program in curl openssl; do command -v $program >/dev/null || missing="$missing $program"; done
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing="$missing postgresql"
[ -z "$missing" ] && exit 0
# RUNLEVEL keeps what is installed from starting by itself.
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq $missing >/dev/null && exit 0
fi
echo "Missing for the tests: $missing. Install with: sudo apt-get install $missing"
exit 1
