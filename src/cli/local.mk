# cli/: verbs for people and scripts, and the supervisor process.
noinst_LIBRARIES += %D%/libcli.a
%C%_libcli_a_SOURCES = \
	%D%/argv.c \
	%D%/check.c \
	%D%/client.c %D%/client.h \
	%D%/console.c \
	%D%/down.c \
	%D%/forward.c \
	%D%/help.c \
	%D%/image.c \
	%D%/load.c %D%/load.h \
	%D%/log.c \
	%D%/machines.c %D%/machines.h \
	%D%/net.c \
	%D%/options.c \
	%D%/output.c %D%/output.h \
	%D%/pause.c \
	%D%/plan.c \
	%D%/ps.c \
	%D%/qmp.c \
	%D%/reset.c \
	%D%/restart.c \
	%D%/resume.c \
	%D%/schema.c \
	%D%/show.c %D%/show.h \
	%D%/start.c \
	%D%/status.c \
	%D%/stop.c \
	%D%/supervise.c %D%/supervise.h \
	%D%/up.c \
	%D%/verb.h %D%/verbs.c \
	%D%/version.c \
	%D%/wait.c %D%/wait.h
L_CLI = %D%/libcli.a $(L_CONTROL) $(L_SWITCH) $(READLINE_LIBS)
