# SPDX-License-Identifier: GPL-3.0-or-later
# How change.yaml comes about: by an up of a lab that is up.
fault_prepare() {
    cp -f change.before before.yaml
    r up -f before.yaml --paused
}
fault_up() {
    r up -f change.yaml --restart --paused
}
nothing_differs() {
    r plan -f before.yaml
    [[ $out == *"nothing differs"* ]]
}
fault_undone() {
    wait_for 60 nothing_differs >/dev/null || {
        echo "it is not as it was: $err$(grep '^[-+~#]' "$TMP/out")"
        return 1
    }
}
fault_steps() {
    r plan -f change.yaml --json
    grep -o '"kind":"[a-z]*","step":"[^"]*"' "$TMP/out" | cut -d'"' -f4,8 | tr '"' ' ' |
        sed -n 's/^add /do /p; s/^remove /undo /p; s/^\(replace\|machine\) /both /p'
}
