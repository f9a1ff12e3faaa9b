# Everything comes from Debian packages; scripts/install-dependencies names them.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tl-expected REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto SSL)
find_package(PkgConfig REQUIRED)
pkg_check_modules(inih REQUIRED IMPORTED_TARGET inih)
pkg_check_modules(systemd REQUIRED IMPORTED_TARGET libsystemd)

find_path(MILTER_INCLUDE_DIR libmilter/mfapi.h REQUIRED)
find_library(MILTER_LIBRARY milter REQUIRED)
add_library(libmilter::libmilter UNKNOWN IMPORTED)
set_target_properties(libmilter::libmilter PROPERTIES
  IMPORTED_LOCATION ${MILTER_LIBRARY}
  INTERFACE_INCLUDE_DIRECTORIES ${MILTER_INCLUDE_DIR})
