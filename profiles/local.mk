# SPDX-License-Identifier: GPL-3.0-or-later
# Shipped profiles and templates; `include:` finds them by name.
profilesdir = $(pkgdatadir)/profiles
dist_profiles_DATA = \
	%D%/esxi-cluster.yaml \
	%D%/esxi-first-boot.yaml \
	%D%/esxi.yaml \
	%D%/nfs-images.yaml \
	%D%/quickstart.yaml
