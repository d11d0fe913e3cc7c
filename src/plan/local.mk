noinst_LIBRARIES += %D%/libplan.a
%C%_libplan_a_SOURCES = %D%/facts.h %D%/plan.h %D%/step.h
L_PLAN = %D%/libplan.a $(UUID_LIBS) $(L_PROFILE)
