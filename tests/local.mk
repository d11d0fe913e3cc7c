# SPDX-License-Identifier: GPL-3.0-or-later
# Tests, in the order in which a failure says most.
SOURCE_CHECKS = %D%/check-layers.sh %D%/check-comments.sh %D%/check-emulator.sh \
	%D%/check-events.sh %D%/check-requirements.sh
TESTS += $(SOURCE_CHECKS)
EXTRA_DIST += %D%/README %D%/report.sh %D%/requirements $(SOURCE_CHECKS)

include %D%/unit/local.mk
include %D%/fault/local.mk
include %D%/golden/local.mk
include %D%/guest/local.mk
include %D%/integration/local.mk
include %D%/fuzz/local.mk
include %D%/bench/local.mk

# What starts no machine: for a quick look, and for the sanitizers.
.PHONY: check-quick check-valgrind
check-quick:
	@quick=; for test in $(TESTS); do \
	   case $$test in %D%/integration/*) ;; *) quick="$$quick $$test" ;; esac; \
	 done; $(MAKE) $(AM_MAKEFLAGS) check ROOST_NO_GUEST=1 TESTS="$$quick"

# The unit and fault programs under valgrind; a leak is a failure. Each case is
# looked at in its own process, as Check runs them: CK_FORK=no would blame a case
# for what the one before it left behind when it failed.
VALGRIND = valgrind
VALGRIND_FLAGS = -q --error-exitcode=99 --leak-check=full \
	--show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect \
	--num-callers=30
check-valgrind: $(check_PROGRAMS)
	@$(AM_TESTS_ENVIRONMENT) CK_TIMEOUT_MULTIPLIER=20; export CK_TIMEOUT_MULTIPLIER; \
	 G_SLICE=always-malloc; export G_SLICE; G_DEBUG=gc-friendly; export G_DEBUG; \
	 flags="$(VALGRIND_FLAGS)"; \
	 supp=`$(PKG_CONFIG) --variable=prefix glib-2.0`/share/glib-2.0/valgrind/glib.supp; \
	 test ! -e "$$supp" || flags="$$flags --suppressions=$$supp"; \
	 ran=0; bad=; for program in $(check_PROGRAMS); do \
	   case $$program in %D%/unit/test-*|%D%/fault/test-*) ;; *) continue ;; esac; \
	   log=$$program.valgrind.log; ran=`expr $$ran + 1`; \
	   if $(LIBTOOL) --mode=execute $(VALGRIND) $$flags ./$$program >$$log 2>&1 && ! grep -q '^not ok' $$log; then \
	     echo "clean: $$program"; \
	   else \
	     echo "NOT CLEAN: $$program"; grep -v '^ok ' $$log | tail -n 100; bad="$$bad $$program"; \
	   fi; \
	 done; \
	 echo "valgrind: $$ran programs, not clean:$${bad:- none}"; test -z "$$bad" && test $$ran -gt 0
