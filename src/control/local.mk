# SPDX-License-Identifier: GPL-3.0-or-later
# control/: the sockets of a lab, all of them speaking QMP.
noinst_LIBRARIES += %D%/libcontrol.a
%C%_libcontrol_a_SOURCES = \
	%D%/command.c %D%/command.h %D%/command-private.h \
	%D%/command-automation.c \
	%D%/command-capture.c \
	%D%/command-check.c \
	%D%/command-checkpoint.c \
	%D%/command-lab.c \
	%D%/command-disk.c \
	%D%/command-machine.c \
	%D%/command-network.c \
	%D%/fd-names.c %D%/fd-names.h \
	%D%/json-replace.c %D%/json-replace.h \
	%D%/listener.c %D%/listener.h \
	%D%/schema.c %D%/schema.h \
	%D%/secrets.c %D%/secrets.h \
	%D%/server.c %D%/server.h \
	%D%/shared.c %D%/shared.h %D%/shared-private.h \
	%D%/shared-client.c \
	%D%/shared-router.c \
	%D%/transcript.c %D%/transcript.h
L_CONTROL = %D%/libcontrol.a $(L_LAB)
