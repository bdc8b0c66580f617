// libzsq_resize.so: OpenCV's resize, without its codecs, for whoever opens it.
#include "apps/version.h"
#include "images/opencv/opencv_resize.h"

extern "C" {

[[gnu::visibility("default")]] const char* zsq_library_version() { return zsq::apps::kVersion.data(); }

[[gnu::visibility("default")]] void zsq_resized(const zsq::images::Pixels& picture, std::int64_t h,
                                                std::int64_t w, zsq::images::Pixels& resized) {
  resized = zsq::images::opencv_resized(picture, h, w);
}
}
