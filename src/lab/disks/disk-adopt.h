/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What another supervisor was doing to disks in use. */
#pragma once

#include "lab/lab.h"

/**
 * disk_jobs_adopt:
 *
 * Of every machine that lives: commits and streams that were begun are ended,
 * copies that were begun are given up, and where a supervisor died in between
 * the book follows what the machine has open.
 */
void disk_jobs_adopt (LiveLab *lab);
