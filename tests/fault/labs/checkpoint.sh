# SPDX-License-Identifier: GPL-3.0-or-later
# What is broken of checkpoint.yaml: the way back to a checkpoint.
small_disk=64m
fault_prepare() {
    r up -f checkpoint.yaml --paused
    r checkpoint save one checkpoint
}
fault_up() {
    r checkpoint restore one checkpoint
}
fault_undone() { :; }
