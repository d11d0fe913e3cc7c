# SPDX-License-Identifier: GPL-3.0-or-later
# cli/: verbs for people and scripts, and the supervisor process.
noinst_LIBRARIES += %D%/libcli.a
%C%_libcli_a_SOURCES = \
	%D%/adopt.c \
	%D%/argv.c \
	%D%/capture.c \
	%D%/check.c \
	%D%/checkpoint.c %D%/checkpoint.h \
	%D%/client.c %D%/client.h \
	%D%/console.c \
	%D%/doctor.c \
	%D%/emulator.c \
	%D%/down.c %D%/down.h \
	%D%/events.c \
	%D%/exec.c \
	%D%/forward.c \
	%D%/graph.c \
	%D%/gc.c \
	%D%/help.c \
	%D%/image.c %D%/image-verbs.h \
	%D%/image-job.c \
	%D%/image-change.c \
	%D%/image-make.c \
	%D%/import.c \
	%D%/link.c \
	%D%/load.c %D%/load.h \
	%D%/log.c \
	%D%/machines.c %D%/machines.h \
	%D%/media.c \
	%D%/net.c \
	%D%/net-prepare.c %D%/net-prepare.h \
	%D%/options.c \
	%D%/output.c %D%/output.h \
	%D%/pause.c \
	%D%/pcap.c %D%/pcap.h \
	%D%/plan.c \
	%D%/ps.c \
	%D%/qmp-checker.c %D%/qmp-checker.h \
	%D%/qmp-complete.c %D%/qmp-complete.h \
	%D%/qmp-complete-json.c \
	%D%/qmp-descriptor.c %D%/qmp-descriptor.h \
	%D%/qmp-fit.c %D%/qmp-fit.h \
	%D%/qmp-help.c %D%/qmp-help.h \
	%D%/qmp-history.c %D%/qmp-history.h \
	%D%/qmp-json.c %D%/qmp-json.h \
	%D%/qmp-line.c %D%/qmp-line.h \
	%D%/qmp-link.c %D%/qmp-link.h \
	%D%/qmp-live.c %D%/qmp-live.h \
	%D%/qmp-names.c \
	%D%/qmp-node.c %D%/qmp-node.h \
	%D%/qmp-pair.c %D%/qmp-pair.h \
	%D%/qmp-runner.c %D%/qmp-runner.h \
	%D%/qmp-schema.c %D%/qmp-schema.h \
	%D%/qmp-send.c %D%/qmp-send.h \
	%D%/qmp-status.c %D%/qmp-status.h \
	%D%/qmp-target.c %D%/qmp-target.h \
	%D%/qmp-transcript.c %D%/qmp-transcript.h \
	%D%/qmp-type.c %D%/qmp-type.h \
	%D%/qmp-watch.c %D%/qmp-watch.h \
	%D%/qmp-words.c %D%/qmp-words.h \
	%D%/qmp.c \
	%D%/reset.c \
	%D%/restart.c \
	%D%/resume.c \
	%D%/run-artifacts.c \
	%D%/run-env.c \
	%D%/run-junit.c \
	%D%/run-watch.c \
	%D%/run.c %D%/run.h \
	%D%/schema.c \
	%D%/screenshot.c \
	%D%/send-key.c \
	%D%/shell-lines.c %D%/shell-private.h \
	%D%/shell.c %D%/shell.h \
	%D%/show.c %D%/show.h \
	%D%/start.c \
	%D%/status.c \
	%D%/stop.c \
	%D%/supervise.c %D%/supervise.h \
	%D%/supervise-effects.c \
	%D%/terminal.c %D%/terminal.h \
	%D%/type.c \
	%D%/up.c %D%/up.h \
	%D%/verb.h %D%/verbs.c \
	%D%/version.c \
	%D%/wait-verb.c \
	%D%/wait.c %D%/wait.h \
	%D%/why.c %D%/why.h
L_CLI = %D%/libcli.a $(L_IMPORT) $(L_NETNS) $(L_CONTROL) $(L_SWITCH) $(READLINE_LIBS)
