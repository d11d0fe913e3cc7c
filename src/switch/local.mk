# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += %D%/libswitch.a
%C%_libswitch_a_SOURCES = \
	%D%/fdb.c %D%/fdb.h \
	%D%/forward.c %D%/forward.h \
	%D%/options.c %D%/options.h \
	%D%/port.c %D%/port.h \
	%D%/queue.c %D%/queue.h \
	%D%/relay.c %D%/relay.h \
	%D%/socket.c %D%/socket.h \
	%D%/status.c %D%/status.h \
	%D%/switch.c %D%/switch.h \
	%D%/watch.h
L_SWITCH = %D%/libswitch.a $(L_BASE)
