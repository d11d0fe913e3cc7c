noinst_LIBRARIES += %D%/libcli.a
%C%_libcli_a_SOURCES = 
L_CLI = %D%/libcli.a $(L_CONTROL) $(L_SWITCH) $(READLINE_LIBS)
