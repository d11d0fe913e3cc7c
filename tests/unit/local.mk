# see tests/README
if HAVE_CHECK
QMP_UNIT_TESTS = \
	%D%/test-qmp-message \
	%D%/test-qmp-scan \
	%D%/test-qmp-stream
check_PROGRAMS += $(QMP_UNIT_TESTS)
TESTS += $(QMP_UNIT_TESTS)
%C%_test_qmp_message_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_qmp_message_LDADD = $(L_QMP) $(CHECK_LIBS)
%C%_test_qmp_scan_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_qmp_scan_LDADD = $(L_QMP) $(CHECK_LIBS)
%C%_test_qmp_stream_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_qmp_stream_LDADD = $(L_QMP) $(CHECK_LIBS)
endif
EXTRA_DIST += %D%/tap.h %D%/wait.h

# The server side of qmp-glib: its pure parts.
if HAVE_CHECK
check_PROGRAMS += %D%/test-qmp-lexer
TESTS += %D%/test-qmp-lexer
%C%_test_qmp_lexer_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_qmp_lexer_SOURCES = %D%/test-qmp-lexer.c %D%/tap.h
%C%_test_qmp_lexer_LDADD = $(L_QMP) $(CHECK_LIBS)

# Planning: pure, so every case is a lab built by hand.
if HAVE_CHECK
PLAN_UNIT_TESTS = \
	%D%/test-plan-ids \
	%D%/test-plan-machine \
	%D%/test-plan-optstr
check_PROGRAMS += $(PLAN_UNIT_TESTS)
TESTS += $(PLAN_UNIT_TESTS)
PLAN_TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
PLAN_TEST_LIBS = $(L_PLAN) $(CHECK_LIBS)
%C%_test_plan_ids_CPPFLAGS = $(PLAN_TEST_CPPFLAGS)
%C%_test_plan_ids_SOURCES = %D%/test-plan-ids.c %D%/tap.h
%C%_test_plan_ids_LDADD = $(PLAN_TEST_LIBS)
%C%_test_plan_machine_CPPFLAGS = $(PLAN_TEST_CPPFLAGS)
%C%_test_plan_machine_SOURCES = %D%/test-plan-machine.c %D%/make-lab.h %D%/tap.h
%C%_test_plan_machine_LDADD = $(PLAN_TEST_LIBS)
%C%_test_plan_optstr_CPPFLAGS = $(PLAN_TEST_CPPFLAGS)
%C%_test_plan_optstr_SOURCES = %D%/test-plan-optstr.c %D%/tap.h
%C%_test_plan_optstr_LDADD = $(PLAN_TEST_LIBS)

# The internal switch: its pure parts.
if HAVE_CHECK
SWITCH_UNIT_TESTS = \
	%D%/test-switch-fdb \
	%D%/test-switch-forward \
	%D%/test-switch-options
check_PROGRAMS += $(SWITCH_UNIT_TESTS)
TESTS += $(SWITCH_UNIT_TESTS)
%C%_test_switch_fdb_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_switch_fdb_SOURCES = %D%/test-switch-fdb.c %D%/tap.h
%C%_test_switch_fdb_LDADD = $(L_SWITCH) $(CHECK_LIBS)
%C%_test_switch_forward_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_switch_forward_SOURCES = %D%/test-switch-forward.c %D%/tap.h
%C%_test_switch_forward_LDADD = $(L_SWITCH) $(CHECK_LIBS)
%C%_test_switch_options_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)
%C%_test_switch_options_SOURCES = %D%/test-switch-options.c %D%/tap.h
%C%_test_switch_options_LDADD = $(L_SWITCH) $(CHECK_LIBS)
endif
