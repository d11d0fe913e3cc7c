noinst_LIBRARIES += %D%/libhost.a
%C%_libhost_a_SOURCES = 
L_HOST = %D%/libhost.a $(L_PLAN)
