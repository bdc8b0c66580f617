# OpenCV's core, imgproc and imgcodecs as Debian packages them one by one: the CMake configuration file comes only with
# libopencv-dev, which pulls in ten times as much. Makes the targets OpenCV::OpenCV and, without its codecs and the 120 libraries
# that these need, OpenCV::imgproc.
find_path(OpenCV_INCLUDE_DIR opencv2/imgcodecs.hpp PATH_SUFFIXES opencv4)
set(opencv_libraries)
foreach(module imgcodecs imgproc core)
  find_library(OpenCV_${module} opencv_${module})
  list(APPEND opencv_libraries ${OpenCV_${module}})
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OpenCV
  REQUIRED_VARS OpenCV_core OpenCV_imgproc OpenCV_imgcodecs OpenCV_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "run scripts/setup, or install libopencv-{core,imgproc,imgcodecs}-dev")

if(OpenCV_FOUND AND NOT TARGET OpenCV::OpenCV)
  add_library(OpenCV::OpenCV INTERFACE IMPORTED)
  target_include_directories(OpenCV::OpenCV SYSTEM INTERFACE ${OpenCV_INCLUDE_DIR})
  target_link_libraries(OpenCV::OpenCV INTERFACE ${opencv_libraries})
  add_library(OpenCV::imgproc INTERFACE IMPORTED)
  target_include_directories(OpenCV::imgproc SYSTEM INTERFACE ${OpenCV_INCLUDE_DIR})
  target_link_libraries(OpenCV::imgproc INTERFACE ${OpenCV_imgproc} ${OpenCV_core})
endif()
