# Kernels are compiled to PTX and embedded as text: nothing of CUDA is linked, and the driver compiles them for the GPU it
# finds. nvcc is that of CUDA_HOME, of PATH, or what scripts/setup brought.
file(REAL_PATH ${CMAKE_CURRENT_LIST_DIR}/../.deps/nvcc nvcc_of_setup)
find_program(ZSQ_NVCC nvcc HINTS $ENV{CUDA_HOME}/bin ${nvcc_of_setup}/bin PATHS /usr/local/cuda/bin
  DOC "The CUDA compiler, 12.4 or newer")
if(ZSQ_NVCC)
  file(REAL_PATH ${ZSQ_NVCC} nvcc_real)
  cmake_path(GET nvcc_real PARENT_PATH nvcc_folder)
  find_path(ZSQ_CUDA_INCLUDE cuda.h HINTS ${nvcc_folder}/../include ${nvcc_folder}/../targets/x86_64-linux/include
    NO_DEFAULT_PATH DOC "Where cuda.h is")
endif()

# zsq_ptx(<target> FUNCTION <name> ARCHITECTURE <n> KERNELS a.cu ...): gives the target a source that defines
# zsq::runtime::cuda::<name>(), the modules compiled for compute_<n>.
function(zsq_ptx target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "FUNCTION;ARCHITECTURE" "KERNELS")
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/ptx_${arg_ARCHITECTURE})
  file(MAKE_DIRECTORY ${folder})
  set(texts)
  foreach(kernel ${arg_KERNELS})
    cmake_path(GET kernel STEM stem)
    set(ptx ${folder}/${stem}.ptx)
    add_custom_command(OUTPUT ${ptx}
      COMMAND ${ZSQ_NVCC} -ptx -arch=compute_${arg_ARCHITECTURE} -std=c++20 --expt-relaxed-constexpr
        -Werror=all-warnings -I${PROJECT_SOURCE_DIR} -MD -MF ${ptx}.d -o ${ptx} ${kernel}
      DEPENDS ${kernel} DEPFILE ${ptx}.d VERBATIM COMMENT "PTX of ${stem}.cu for compute_${arg_ARCHITECTURE}")
    list(APPEND texts ${ptx})
  endforeach()
  set(source ${folder}/${arg_FUNCTION}.cpp)
  add_custom_command(OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} "-DTEXTS=${texts}" -DFUNCTION=${arg_FUNCTION} -DOUTPUT=${source}
      -P ${PROJECT_SOURCE_DIR}/cmake/embed_ptx.cmake
    DEPENDS ${texts} ${PROJECT_SOURCE_DIR}/cmake/embed_ptx.cmake VERBATIM)
  target_sources(${target} PRIVATE ${source})
endfunction()
