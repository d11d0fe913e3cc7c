# Shipped profiles and templates; `include:` finds them by name.
profilesdir = $(pkgdatadir)/profiles
dist_profiles_DATA =
