# SPDX-License-Identifier: GPL-3.0-or-later
# netns/: the process that holds the network of a private lab.
noinst_LIBRARIES += %D%/libnetns.a
%C%_libnetns_a_SOURCES = \
	%D%/enter.c %D%/enter.h \
	%D%/lend.c %D%/lend.h \
	%D%/netns.c %D%/netns.h \
	%D%/ovs.c %D%/ovs.h
L_NETNS = %D%/libnetns.a
