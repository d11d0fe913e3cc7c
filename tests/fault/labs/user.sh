# SPDX-License-Identifier: GPL-3.0-or-later
# The host of user.yaml: root's, where nobody can reach what the lab is made of.
chmod 755 "$TMP"
chmod 644 base.qcow2
if [ -z "${FAULTS_INSIDE:-}" ]; then
    lacks="no network namespace can be had"
elif ! setpriv --reuid nobody --clear-groups test -r "$TMP/base.qcow2" -a -x "$FAULTY"; then
    lacks="nobody cannot reach $TMP and $FAULTY"
elif ! ip link add utry type bridge 2>/dev/null; then
    lacks="no bridge can be made"
else
    ip link del utry
fi
