# cmake -D build=.. -D config=.. -D generator=.. -D compiler=.. -D flags=.. -D version=.. -D work=.. -P consumer.cmake
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  list(JOIN ARGV " " line)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "'${line}' failed with ${code}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${work})
run(${CMAKE_COMMAND} --install ${build} --config ${config} --prefix ${work}/prefix)
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/project -B ${work}/build -G ${generator} -D CMAKE_CXX_COMPILER=${compiler}
    -D CMAKE_BUILD_TYPE=${config} -D CMAKE_CXX_FLAGS=${flags} -D CMAKE_PREFIX_PATH=${work}/prefix -D expected=${version})
run(${CMAKE_COMMAND} --build ${work}/build --config ${config})
run(ctest --test-dir ${work}/build -C ${config} --no-tests=error --output-on-failure)
message(STATUS "${output}")

# The installed program finds its libraries.
if(EXISTS ${work}/prefix/bin/zsq)
  run(${work}/prefix/bin/zsq --version)
  if(NOT output STREQUAL "zsq ${version}\n")
    message(FATAL_ERROR "the installed program says '${output}', expected 'zsq ${version}'")
  endif()
endif()
file(REMOVE_RECURSE ${work})
