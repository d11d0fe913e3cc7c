noinst_LIBRARIES += %D%/libswitch.a
%C%_libswitch_a_SOURCES = 
L_SWITCH = %D%/libswitch.a $(L_BASE)
