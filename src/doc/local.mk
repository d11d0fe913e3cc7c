# SPDX-License-Identifier: GPL-3.0-or-later
# doc/: the manual pages and the completion, made from the program's own tables.
# They are made again from a tarball: gen-doc is part of it, and so no page can
# be older than the tables.
noinst_PROGRAMS += %D%/gen-doc
%C%_gen_doc_SOURCES = \
	%D%/gen-doc.c \
	%D%/keys-doc.c \
	%D%/parts.h \
	%D%/roff.c \
	%D%/roff.h \
	%D%/verbs-doc.c
%C%_gen_doc_LDADD = $(L_CLI)

PAGES_IN = \
	%D%/completion.bash.in \
	%D%/roost.1.in \
	%D%/roost.yaml.5.in
PAGES_MADE = \
	%D%/completions/roost \
	%D%/roost.1 \
	%D%/roost.yaml.5
EXTRA_DIST += $(PAGES_IN) src/HACKING
CLEANFILES += $(PAGES_MADE)

man_MANS += %D%/roost.1 %D%/roost.yaml.5
bashcompletiondir = $(datadir)/bash-completion/completions
nodist_bashcompletion_DATA = %D%/completions/roost

# Under another name first: what is there is whole.
%D%/roost.1: %D%/roost.1.in %D%/gen-doc$(EXEEXT)
	$(AM_V_GEN)%D%/gen-doc$(EXEEXT) $(srcdir)/%D%/roost.1.in >$@.new && mv $@.new $@
%D%/roost.yaml.5: %D%/roost.yaml.5.in %D%/gen-doc$(EXEEXT)
	$(AM_V_GEN)%D%/gen-doc$(EXEEXT) $(srcdir)/%D%/roost.yaml.5.in >$@.new && mv $@.new $@
%D%/completions/roost: %D%/completion.bash.in %D%/gen-doc$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
		%D%/gen-doc$(EXEEXT) $(srcdir)/%D%/completion.bash.in >$@.new && mv $@.new $@
