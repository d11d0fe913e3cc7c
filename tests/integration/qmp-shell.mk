# SPDX-License-Identifier: GPL-3.0-or-later
# The shell at a pseudo-terminal, in scripts, and the one-shot commands.
if HAVE_CHECK
SHELL_TESTS = %D%/test-qmp-schema %D%/test-shell %D%/test-shell-script
SHELL_WORLD = %D%/shell-world.c %D%/shell-world.h tests/unit/folder.h
check_PROGRAMS += $(SHELL_TESTS)
TESTS += $(SHELL_TESTS)
%C%_test_qmp_schema_SOURCES = %D%/test-qmp-schema.c $(SHELL_WORLD)
%C%_test_qmp_schema_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_qmp_schema_LDADD = $(L_CLI) $(CHECK_LIBS)
%C%_test_shell_SOURCES = %D%/test-shell.c $(SHELL_WORLD)
%C%_test_shell_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_shell_LDADD = $(L_QMP) $(CHECK_LIBS)
%C%_test_shell_script_SOURCES = %D%/test-shell-script.c $(SHELL_WORLD)
%C%_test_shell_script_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_shell_script_LDADD = $(L_QMP) $(CHECK_LIBS)
endif
TESTS += %D%/test-shell-peers.sh
EXTRA_DIST += %D%/test-shell-peers.sh
