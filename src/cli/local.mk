# SPDX-License-Identifier: GPL-3.0-or-later
# cli/: verbs for people and scripts, and the supervisor process; shell/ speaks QMP.
noinst_LIBRARIES += %D%/libcli.a
%C%_libcli_a_SOURCES = \
	%D%/adopt.c \
	%D%/argv.c \
	%D%/capture.c \
	%D%/check.c \
	%D%/checkpoint.c %D%/checkpoint.h \
	%D%/console.c \
	%D%/doctor.c \
	%D%/down.c %D%/down.h \
	%D%/emulator.c \
	%D%/events.c \
	%D%/exec.c \
	%D%/forward.c \
	%D%/gc.c \
	%D%/graph.c \
	%D%/help.c \
	%D%/import.c \
	%D%/link.c \
	%D%/log.c \
	%D%/media.c \
	%D%/net.c \
	%D%/net-macs.c %D%/net-macs.h \
	%D%/net-prepare.c %D%/net-prepare.h \
	%D%/options.c \
	%D%/pause.c \
	%D%/pcap.c %D%/pcap.h \
	%D%/pcap-offload.c %D%/pcap-offload.h \
	%D%/plan.c \
	%D%/ps.c %D%/ps.h \
	%D%/ps-usage.c \
	%D%/qmp.c \
	%D%/reset.c \
	%D%/restart.c \
	%D%/resume.c \
	%D%/schema.c \
	%D%/screenshot.c \
	%D%/send-key.c \
	%D%/ssh.c %D%/ssh.h \
	%D%/start.c \
	%D%/status.c \
	%D%/stop.c \
	%D%/supervise.c %D%/supervise.h \
	%D%/supervise-effects.c \
	%D%/tail.c %D%/tail.h \
	%D%/type.c \
	%D%/up.c %D%/up.h \
	%D%/verb.h \
	%D%/verbs.c \
	%D%/version.c \
	%D%/wait-verb.c \
	%D%/why.c %D%/why.h \
	%D%/common/client.c %D%/common/client.h \
	%D%/common/guard.c %D%/common/guard.h \
	%D%/common/load.c %D%/common/load.h \
	%D%/common/machines.c %D%/common/machines.h \
	%D%/common/network.c %D%/common/network.h \
	%D%/common/output.c %D%/common/output.h \
	%D%/common/show.c %D%/common/show.h \
	%D%/common/wait.c %D%/common/wait.h \
	%D%/image/image.c \
	%D%/image/image-change.c \
	%D%/image/image-job.c \
	%D%/image/image-make.c \
	%D%/image/image-verbs.h \
	%D%/run/run.c %D%/run/run.h \
	%D%/run/run-artifacts.c \
	%D%/run/run-env.c \
	%D%/run/run-junit.c \
	%D%/run/run-watch.c \
	%D%/shell/qmp-checker.c %D%/shell/qmp-checker.h \
	%D%/shell/qmp-complete.c %D%/shell/qmp-complete.h \
	%D%/shell/qmp-complete-json.c \
	%D%/shell/qmp-descriptor.c %D%/shell/qmp-descriptor.h \
	%D%/shell/qmp-fit.c %D%/shell/qmp-fit.h \
	%D%/shell/qmp-help.c %D%/shell/qmp-help.h \
	%D%/shell/qmp-history.c %D%/shell/qmp-history.h \
	%D%/shell/qmp-json.c %D%/shell/qmp-json.h \
	%D%/shell/qmp-line.c %D%/shell/qmp-line.h \
	%D%/shell/qmp-link.c %D%/shell/qmp-link.h \
	%D%/shell/qmp-live.c %D%/shell/qmp-live.h \
	%D%/shell/qmp-names.c \
	%D%/shell/qmp-node.c %D%/shell/qmp-node.h \
	%D%/shell/qmp-pair.c %D%/shell/qmp-pair.h \
	%D%/shell/qmp-runner.c %D%/shell/qmp-runner.h \
	%D%/shell/qmp-schema.c %D%/shell/qmp-schema.h \
	%D%/shell/qmp-send.c %D%/shell/qmp-send.h \
	%D%/shell/qmp-status.c %D%/shell/qmp-status.h \
	%D%/shell/qmp-target.c %D%/shell/qmp-target.h \
	%D%/shell/qmp-transcript.c %D%/shell/qmp-transcript.h \
	%D%/shell/qmp-type.c %D%/shell/qmp-type.h \
	%D%/shell/qmp-watch.c %D%/shell/qmp-watch.h \
	%D%/shell/qmp-words.c %D%/shell/qmp-words.h \
	%D%/shell/shell.c %D%/shell/shell.h \
	%D%/shell/shell-lines.c \
	%D%/shell/shell-private.h \
	%D%/shell/terminal.c %D%/shell/terminal.h
L_CLI = %D%/libcli.a $(L_IMPORT) $(L_NETNS) $(L_CONTROL) $(L_SWITCH) $(READLINE_LIBS)
