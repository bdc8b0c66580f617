// libzsq_pictures.so: OpenCV with its codecs for whoever opens it.
#include "apps/version.h"
#include "images/opencv/opencv_decoder.h"

extern "C" {

[[gnu::visibility("default")]] const char* zsq_library_version() { return zsq::apps::kVersion.data(); }

[[gnu::visibility("default")]] const zsq::images::Decoder* zsq_picture_decoder() {
  return &zsq::images::opencv_decoder();
}
}
