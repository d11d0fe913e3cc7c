# control/: the sockets of a lab, all of them speaking QMP.
noinst_LIBRARIES += %D%/libcontrol.a
%C%_libcontrol_a_SOURCES = \
	%D%/command.c %D%/command.h \
	%D%/listener.c %D%/listener.h \
	%D%/server.c %D%/server.h \
	%D%/shared.c %D%/shared.h
L_CONTROL = %D%/libcontrol.a $(L_LAB)
