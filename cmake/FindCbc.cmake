# CBC (COIN-OR's branch and cut) as Debian's coinor-libcbc-dev has it, which has no CMake configuration. Makes the target Cbc::Cbc.
find_path(Cbc_INCLUDE_DIR coin/Cbc_C_Interface.h)
find_library(Cbc_LIBRARY CbcSolver)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Cbc REQUIRED_VARS Cbc_LIBRARY Cbc_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "run scripts/setup, or install coinor-libcbc-dev")

if(Cbc_FOUND AND NOT TARGET Cbc::Cbc)
  add_library(Cbc::Cbc INTERFACE IMPORTED)
  target_include_directories(Cbc::Cbc SYSTEM INTERFACE ${Cbc_INCLUDE_DIR})
  target_link_libraries(Cbc::Cbc INTERFACE ${Cbc_LIBRARY})
endif()
