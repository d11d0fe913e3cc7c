noinst_LIBRARIES += %D%/libcontrol.a
%C%_libcontrol_a_SOURCES = 
L_CONTROL = %D%/libcontrol.a $(L_LAB)
