# SPDX-License-Identifier: GPL-3.0-or-later
# control/: the sockets of a lab, all of them speaking QMP.
noinst_LIBRARIES += %D%/libcontrol.a
%C%_libcontrol_a_SOURCES = \
	%D%/listener.c %D%/listener.h \
	%D%/schema.c %D%/schema.h \
	%D%/server.c %D%/server.h \
	%D%/commands/command.c %D%/commands/command.h \
	%D%/commands/command-automation.c \
	%D%/commands/command-capture.c \
	%D%/commands/command-check.c \
	%D%/commands/command-checkpoint.c \
	%D%/commands/command-disk.c \
	%D%/commands/command-lab.c \
	%D%/commands/command-machine.c \
	%D%/commands/command-network.c \
	%D%/commands/command-private.h \
	%D%/shared/fd-names.c %D%/shared/fd-names.h \
	%D%/shared/json-replace.c %D%/shared/json-replace.h \
	%D%/shared/secrets.c %D%/shared/secrets.h \
	%D%/shared/shared.c %D%/shared/shared.h \
	%D%/shared/shared-client.c \
	%D%/shared/shared-private.h \
	%D%/shared/shared-router.c \
	%D%/shared/transcript.c %D%/shared/transcript.h
L_CONTROL = %D%/libcontrol.a $(L_LAB)
