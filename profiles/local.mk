# SPDX-License-Identifier: GPL-3.0-or-later
# Shipped profiles and templates; `include:` finds them by name.
profilesdir = $(pkgdatadir)/profiles
dist_profiles_DATA = \
	%D%/esxi-5.5-libvirt.yaml \
	%D%/esxi-cluster.yaml \
	%D%/esxi-first-boot.yaml \
	%D%/esxi-install.yaml \
	%D%/esxi-ks.cfg \
	%D%/esxi.yaml \
	%D%/quickstart.yaml
