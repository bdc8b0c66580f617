# zsq_library(<folder> SOURCES ... HEADERS ... DEPENDS ... PRIVATE_DEPENDS ...) makes target zsq_<folder>, alias
# zsq::<folder>. Include paths start at the repository root.
function(zsq_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;HEADERS;DEPENDS;PRIVATE_DEPENDS")
  add_library(zsq_${name} STATIC ${arg_SOURCES})
  add_library(zsq::${name} ALIAS zsq_${name})
  set_target_properties(zsq_${name} PROPERTIES EXPORT_NAME ${name})
  target_sources(zsq_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${arg_HEADERS})
  target_compile_features(zsq_${name} PUBLIC cxx_std_20)
  target_link_libraries(zsq_${name} PUBLIC ${arg_DEPENDS} PRIVATE ${arg_PRIVATE_DEPENDS} $<BUILD_INTERFACE:zsq_build>)
  install(TARGETS zsq_${name} EXPORT zsqTargets FILE_SET HEADERS DESTINATION include/zsq)
endfunction()

# zsq_precompile_torch(<target>): LibTorch's headers cost 7 s in each file that includes them; precompiled, 2 s. The
# libraries share one precompiled header, that of graph/torch; an executable is compiled with other flags (-fPIE).
function(zsq_precompile_torch target)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL STATIC_LIBRARY AND NOT target STREQUAL zsq_torch)
    target_precompile_headers(${target} REUSE_FROM zsq_torch)
  else()
    target_precompile_headers(${target} PRIVATE <torch/types.h>)
  endif()
endfunction()

# zsq_doubt_no_strings(<target>...): g++ 12 at -O3 sees overflows and overlaps in its own std::string and std::vector.
function(zsq_doubt_no_strings)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    foreach(target ${ARGN})
      target_compile_options(${target} PRIVATE -Wno-stringop-overflow -Wno-maybe-uninitialized -Wno-restrict -Wno-array-bounds)
    endforeach()
  endif()
endfunction()
