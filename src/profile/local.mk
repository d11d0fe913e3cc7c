noinst_LIBRARIES += %D%/libprofile.a
%C%_libprofile_a_SOURCES = %D%/model.c %D%/model.h %D%/profile.h
L_PROFILE = %D%/libprofile.a $(YAML_LIBS) $(L_BASE)
