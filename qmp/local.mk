# qmp-glib: a QMP library of its own. Uses nothing of roost.
lib_LTLIBRARIES += %D%/libqmp-glib.la
%C%_libqmp_glib_la_SOURCES = \
	%D%/qmp-client.h \
	%D%/qmp-error.h \
	%D%/qmp-session.h
%C%_libqmp_glib_la_LIBADD = $(JSON_LIBS) $(GLIB_LIBS)
%C%_libqmp_glib_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0
qmpincludedir = $(includedir)/qmp-glib
qmpinclude_HEADERS = \
	%D%/qmp-client.h \
	%D%/qmp-error.h \
	%D%/qmp-session.h
pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = %D%/qmp-glib.pc
L_QMP = %D%/libqmp-glib.la $(JSON_LIBS) $(GLIB_LIBS)
