# SPDX-License-Identifier: GPL-3.0-or-later
# machine/: one machine that runs: its process, its monitor, what is waited for.
noinst_LIBRARIES += %D%/libmachine.a
%C%_libmachine_a_SOURCES = \
	%D%/capture.c %D%/capture.h \
	%D%/describe.c %D%/describe.h \
	%D%/diary.c %D%/diary.h \
	%D%/emulator.c %D%/emulator.h \
	%D%/hmp.c %D%/hmp.h \
	%D%/keymap.c %D%/keymap.h \
	%D%/link.c %D%/link.h \
	%D%/machine.c %D%/machine.h \
	%D%/machine-adopt.c \
	%D%/machine-end.c \
	%D%/machine-events.c \
	%D%/machine-memory.c %D%/machine-memory.h \
	%D%/machine-private.h \
	%D%/machine-ready.c \
	%D%/machine-spawn.c \
	%D%/machine-start.c \
	%D%/machine-stop.c \
	%D%/machine-wait.c \
	%D%/once.c %D%/once.h \
	%D%/policy.c %D%/policy.h \
	%D%/screenshot.c %D%/screenshot.h \
	%D%/story.c %D%/story.h \
	%D%/story-tell.c \
	%D%/typing.c %D%/typing.h \
	%D%/usernet.c %D%/usernet.h \
	%D%/waiters.c %D%/waiters.h \
	%D%/conditions/condition.c %D%/conditions/condition.h \
	%D%/conditions/condition-event.c \
	%D%/conditions/condition-https.c \
	%D%/conditions/condition-private.h \
	%D%/conditions/condition-screen.c \
	%D%/conditions/condition-serial.c \
	%D%/conditions/condition-tcp.c \
	%D%/plug/plug.c %D%/plug/plug.h \
	%D%/plug/plug-command.c %D%/plug/plug-command.h \
	%D%/plug/plug-settle.c
L_MACHINE = %D%/libmachine.a $(L_HOST) $(L_QMP)
