#!/bin/sh
# placeholder replaced below
set -e
cd "$(dirname "$0")"
autoreconf -fi
./configure "$@"
