/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Volumes that tell a machine who it is: what is on them. */
#pragma once

#include "plan/planner.h"

/**
 * seed_fill:
 * @disk: a disk of @machine that is a seed
 * @image: gets the label of the volume, and its files by name: a text with a
 *   line end is what is in the file, any other the path of what is to be
 */
void seed_fill (const Planner *planner, const Machine *machine, const Disk *disk, ImageStep *image);
