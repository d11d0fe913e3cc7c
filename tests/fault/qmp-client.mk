# SPDX-License-Identifier: GPL-3.0-or-later
if HAVE_CHECK
QMP_FAULT_TESTS = \
	%D%/test-qmp-calls \
	%D%/test-qmp-connect \
	%D%/test-qmp-dial \
	%D%/test-qmp-faults \
	%D%/test-qmp-handshake \
	%D%/test-qmp-owner \
	%D%/test-qmp-traffic \
	%D%/test-qmp-window
QMP_PEER = %D%/qmp-peer.c %D%/qmp-peer.h
CLIENT_WORLD = %D%/client-world.c %D%/client-world.h $(QMP_PEER)
check_PROGRAMS += $(QMP_FAULT_TESTS)
TESTS += $(QMP_FAULT_TESTS)
%C%_test_qmp_calls_SOURCES = %D%/test-qmp-calls.c $(CLIENT_WORLD)
%C%_test_qmp_calls_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_qmp_calls_LDADD = $(L_QMP) $(CHECK_LIBS)
%C%_test_qmp_dial_SOURCES = %D%/test-qmp-dial.c $(QMP_PEER)
%C%_test_qmp_dial_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_qmp_dial_LDADD = $(L_QMP) $(CHECK_LIBS)
%C%_test_qmp_faults_SOURCES = %D%/test-qmp-faults.c $(CLIENT_WORLD)
%C%_test_qmp_faults_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_qmp_faults_LDADD = $(L_QMP) $(CHECK_LIBS)
%C%_test_qmp_handshake_SOURCES = %D%/test-qmp-handshake.c $(CLIENT_WORLD)
%C%_test_qmp_handshake_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_qmp_handshake_LDADD = $(L_QMP) $(CHECK_LIBS)
%C%_test_qmp_owner_SOURCES = %D%/test-qmp-owner.c $(QMP_PEER)
%C%_test_qmp_owner_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_qmp_owner_LDADD = $(L_QMP) $(CHECK_LIBS)
%C%_test_qmp_window_SOURCES = %D%/test-qmp-window.c $(CLIENT_WORLD)
%C%_test_qmp_window_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_qmp_window_LDADD = $(L_QMP) $(CHECK_LIBS)
%C%_test_qmp_connect_SOURCES = %D%/test-qmp-connect.c $(CLIENT_WORLD)
%C%_test_qmp_connect_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_qmp_connect_LDADD = $(L_QMP) $(CHECK_LIBS)
%C%_test_qmp_traffic_SOURCES = %D%/test-qmp-traffic.c $(CLIENT_WORLD)
%C%_test_qmp_traffic_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_qmp_traffic_LDADD = $(L_QMP) $(CHECK_LIBS)
endif
