# SPDX-License-Identifier: GPL-3.0-or-later
# How change.yaml comes about: by an up of a lab that is up.
fault_prepare() {
    cp change.before before.yaml
    r up -f before.yaml --paused
}
fault_up() {
    r up -f change.yaml --restart --paused
}
fault_undone() {
    r plan -f before.yaml
    [[ $out == *"nothing differs"* ]] || {
        echo "it is not as it was: $out$err"
        return 1
    }
}
fault_steps() {
    r plan -f change.yaml --json
    grep -o '"kind":"[a-z]*","step":"[^"]*"' "$TMP/out" | cut -d'"' -f4,8 | tr '"' ' ' |
        sed -n 's/^add /do /p; s/^remove /undo /p; s/^\(replace\|machine\) /both /p'
}
