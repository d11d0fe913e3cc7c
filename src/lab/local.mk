noinst_LIBRARIES += %D%/liblab.a
%C%_liblab_a_SOURCES = 
L_LAB = %D%/liblab.a $(L_HOST) $(L_QMP)
