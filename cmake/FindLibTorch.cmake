# LibTorch as the PyPI wheel lays it out, without its TorchConfig (which insists on a CUDA toolkit).
# Input: LIBTORCH_ROOT, a folder with torch/ and, beside it, nvidia/cu13/lib; else .deps/libtorch, where scripts/setup
# puts it. Makes the target LibTorch::LibTorch.
set(LIBTORCH_ROOT "$ENV{LIBTORCH_ROOT}" CACHE PATH "Folder that holds torch/include and torch/lib")
if(LIBTORCH_ROOT)
  set(libtorch_root ${LIBTORCH_ROOT})
else()
  file(REAL_PATH ${CMAKE_CURRENT_LIST_DIR}/../.deps/libtorch libtorch_root)
endif()

find_path(LibTorch_INCLUDE_DIR torch/csrc/api/include/torch/torch.h HINTS ${libtorch_root}/torch/include)
find_library(LibTorch_torch_cpu torch_cpu HINTS ${libtorch_root}/torch/lib)
find_library(LibTorch_c10 c10 HINTS ${libtorch_root}/torch/lib)
find_file(LibTorch_gomp libgomp.so.1 HINTS ${libtorch_root}/torch/lib)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch
  REQUIRED_VARS LibTorch_torch_cpu LibTorch_c10 LibTorch_gomp LibTorch_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "run scripts/setup, or set LIBTORCH_ROOT")

if(LibTorch_FOUND AND NOT TARGET LibTorch::LibTorch)
  add_library(LibTorch::LibTorch INTERFACE IMPORTED)
  target_include_directories(LibTorch::LibTorch SYSTEM INTERFACE
    ${LibTorch_INCLUDE_DIR} ${LibTorch_INCLUDE_DIR}/torch/csrc/api/include)
  target_link_libraries(LibTorch::LibTorch INTERFACE ${LibTorch_torch_cpu} ${LibTorch_c10} ${LibTorch_gomp})
  # A LibTorch with CUDA registers it when its library is loaded, which nothing here refers to.
  find_library(LibTorch_torch_cuda torch_cuda PATHS ${libtorch_root}/torch/lib NO_DEFAULT_PATH)
  if(LibTorch_torch_cuda)
    target_link_options(LibTorch::LibTorch INTERFACE "LINKER:--no-as-needed,${LibTorch_torch_cuda},--as-needed")
  endif()
  set(libtorch_cuda_runtime ${libtorch_root}/nvidia/cu13/lib)  # libcudart and libcupti, which torch_cpu needs
  target_link_options(LibTorch::LibTorch INTERFACE
    "LINKER:-rpath-link,${libtorch_cuda_runtime}" "LINKER:-rpath,${libtorch_cuda_runtime}")
endif()
