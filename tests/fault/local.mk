# see tests/README
if HAVE_CHECK
QMP_FAULT_TESTS = \
	%D%/test-qmp-handshake
check_PROGRAMS += $(QMP_FAULT_TESTS)
TESTS += $(QMP_FAULT_TESTS)
%C%_test_qmp_handshake_SOURCES = %D%/test-qmp-handshake.c %D%/qmp-peer.c %D%/qmp-peer.h
%C%_test_qmp_handshake_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_qmp_handshake_LDADD = $(L_QMP) $(CHECK_LIBS)
endif
